"""Families on the staff side: typed in by card numbers, changed, dissolved, and seen on a patron's page."""

import html

import pytest

from lending.models import Family
from tests.admin.door import a_librarian, a_patron, said

pytestmark = pytest.mark.django_db


def members(family: Family) -> list[str]:
    """The card numbers of the members."""
    return [account.user.card_number for account in family.members.order_by("pk")]


def test_a_family_is_typed_in_changed_and_dissolved() -> None:
    ada = a_librarian(roles=["desk"])
    a_patron()
    a_patron("P-7102", "Jo March")
    ada.send("lending_family_add", name="김씨네", cards="p-7101\nP-7102, P-7101")
    family = Family.objects.get()
    assert members(family) == ["P-7101", "P-7102"]
    page = ada.see("lending_family_change", family.pk)
    assert "P-7101\nP-7102" in page
    assert "P-7102 Jo March</a>" in page
    ada.send("lending_family_change", family.pk, name="김하늘네", cards="P-7102")
    family.refresh_from_db()
    assert (family.name, members(family)) == ("김하늘네", ["P-7102"])
    assert "P-7102 Jo March" in ada.see("lending_family_changelist", q="P-7102")
    assert "P-7102 Jo March" not in ada.see("lending_family_changelist", q="P-7101")

    assert "Each member has a limit of the own again." in ada.act("lending_family", "dissolve", family)
    ada.act("lending_family", "dissolve", family, confirmed="yes")
    assert not Family.objects.exists()
    assert said().count("FamilyChanged") == 3


def test_a_card_that_nobody_has_and_a_member_of_another_family_are_named() -> None:
    ada = a_librarian()
    a_patron()
    a_patron("P-7102", "Jo March")
    assert "Nobody has a card with the number P-9999." in ada.send(
        "lending_family_add", name="김씨네", cards="P-7101 P-9999"
    )
    ada.send("lending_family_add", name="김씨네", cards="P-7101")
    page = ada.send("lending_family_add", name="이씨네", cards="P-7101 P-7102")
    assert "Already in another one: P-7101." in html.unescape(page)
    assert [family.name for family in Family.objects.all()] == ["김씨네"]


def test_the_page_of_a_patron_lists_the_family() -> None:
    ada = a_librarian(roles=["desk"])
    haneul, _jo = a_patron(), a_patron("P-7102", "Jo March")
    assert 'id="family"' not in ada.see("desk_patron", haneul.pk)
    ada.send("lending_family_add", name="김씨네", cards="P-7101 P-7102")
    page = html.unescape(ada.see("desk_patron", haneul.pk))
    assert "The family has 0 of 20 copies out." in page
    assert "Jo March" in page
    assert "김씨네" in page
