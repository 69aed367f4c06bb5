"""Labels and cards of older systems are still scanned: by rules that a librarian keeps."""

import pytest
from django.urls import reverse

from catalog.models import Copy
from kernel.labels.models import NumberRule
from kernel.labels.rules import forget_rules, rules_of
from kernel.values.scans import Rule
from lending.models import Copy as LentCopy
from tests.admin.door import a_librarian
from tests.catalog.importing.runs import a_record, imported
from tests.factories import Town
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


def rule(**fields: object) -> None:
    """A rule that is in force."""
    NumberRule.objects.create(**fields)
    forget_rules()


def test_an_old_label_is_registered_lent_and_found_as_it_is_written_today(town: Town) -> None:
    rule(digits=7, code="EM")
    book = town.book(copies=0)
    added = town.librarian.post(f"books/{book}/copies", {"barcodes": ["1234567"]})
    assert added.json()[0]["barcode"] == "EM0001234567"
    town.bus.settle()

    lent = town.librarian.post("loans", {"patron": town.haneul.id, "barcode": "1234567"})
    assert lent.status_code == 201
    assert town.librarian.get("copies?barcode=1234567").json()["results"][0]["barcode"] == "EM0001234567"
    assert town.librarian.post("returns", {"barcode": "1234567"}).status_code == 200
    assert LentCopy.objects.get().barcode == "EM0001234567"


def test_an_old_card_is_known(town: Town) -> None:
    rule(kind=NumberRule.Kind.CARD, before="OLD", code="P-", length=6)
    assert town.haneul.post("auth/login", {"card_number": "old7001", "password": PASSWORD}).status_code == 200


def test_imported_copies_are_written_as_today() -> None:
    rule(before="N", digits=6, code="NB")
    imported(a_record("느티나무 아래", "1", "N123456", "EM0000000001"))
    assert set(Copy.objects.values_list("barcode", flat=True)) == {"NB0000123456", "EM0000000001"}


def test_a_librarian_keeps_the_rules_and_they_hold_at_once() -> None:
    librarian = a_librarian()
    sent = {"kind": "barcode", "before": "", "digits": "7", "code": "EM", "length": "12", "position": "0"}
    librarian.post(reverse("admin:labels_numberrule_add"), sent)
    assert rules_of("barcode") == (Rule(digits=7, code="EM"),)

    page = librarian.post(reverse("admin:labels_numberrule_add"), {**sent, "length": "99"}).content.decode()
    assert "less than or equal to 32" in page

    kept = NumberRule.objects.get()
    librarian.post(reverse("admin:labels_numberrule_delete", args=[kept.pk]), {"post": "yes"})
    assert rules_of("barcode") == ()


def test_syllables_on_a_label_stay_and_either_keyboard_finds_the_copy(town: Town) -> None:
    book = town.book(copies=0)
    added = town.librarian.post(f"books/{book}/copies", {"barcodes": ["한국-0001", "EM-2"]}).json()
    assert [copy["barcode"] for copy in added] == ["한국-0001", "EM-2"]
    town.bus.settle()

    for scanned, barcode in (("한국-0001", "한국-0001"), ("뜨-2", "EM-2")):
        lent = town.librarian.post("loans", {"patron": town.haneul.id, "barcode": scanned})
        assert (lent.status_code, lent.json()["copies"][0]["barcode"]) == (201, barcode)
        assert town.librarian.post("returns", {"barcode": scanned}).status_code == 200
