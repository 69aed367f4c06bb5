"""Card numbers and barcodes are the same in capital letters and in small ones, at every door."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from catalog.models import Copy
from tests.admin.door import a_librarian as a_librarian_at_the_admin
from tests.factories import Town
from tests.people import Person, a_librarian

pytestmark = pytest.mark.django_db
CARD = {"name": "이상", "email": "", "password": "a long enough phrase"}


def test_a_card_is_registered_once_in_either_case() -> None:
    librarian = a_librarian()
    assert librarian.post("patrons", {**CARD, "card_number": "P-7001"}).status_code == 201
    refused = librarian.post("patrons", {**CARD, "card_number": "p-7001"})
    assert (refused.status_code, refused.json()["code"]) == (409, "card_number_taken")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(card_number="p-7001", name="another")


def test_a_patron_signs_in_in_either_case_and_is_shown_as_registered() -> None:
    a_librarian().post("patrons", {**CARD, "card_number": "P-7001"})
    signed_in = Person().post("auth/login", {"card_number": "p-7001", "password": CARD["password"]})
    assert signed_in.status_code == 200
    me = Person().get("me", headers={"Authorization": f"Token {signed_in.json()['token']}"})
    assert me.json()["card_number"] == "P-7001"


def test_two_spellings_give_no_more_guesses() -> None:
    a_librarian().post("patrons", {**CARD, "card_number": "P-7001"})
    answers = [
        Person().post("auth/login", {"card_number": card, "password": f"wrong {number}"}).status_code
        for number in range(3)
        for card in ("P-7001", "p-7001")
    ]
    assert answers == [401] * 4 + [429] * 2 or answers == [401] * 5 + [429]


def test_a_barcode_is_on_one_copy_in_either_case(town: Town) -> None:
    book, other = town.book(copies=0), town.book(copies=0)
    assert town.librarian.post(f"books/{book}/copies", {"barcodes": ["em1"]}).status_code == 201
    refused = town.librarian.post(f"books/{other}/copies", {"barcodes": ["EM1"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "barcode_taken")
    twice = town.librarian.post(f"books/{other}/copies", {"barcodes": ["em2", "EM2"]})
    assert twice.status_code == 400
    with pytest.raises(IntegrityError), transaction.atomic():
        Copy.objects.create(book_id=other, barcode="EM1", added_at="2026-01-01T00:00Z")


def test_a_copy_is_lent_and_taken_back_in_either_case(town: Town) -> None:
    book = town.book(copies=0)
    town.librarian.post(f"books/{book}/copies", {"barcodes": ["Em1"]})
    town.bus.settle()
    lent = town.librarian.post("loans", {"patron": town.haneul.id, "barcode": "EM1"})
    assert lent.status_code == 201
    assert lent.json()["copies"][0]["barcode"] == "Em1"
    assert town.librarian.post("returns", {"barcode": "em1"}).status_code == 200


def test_the_desk_takes_either_case_and_nobody_elses(town: Town) -> None:
    book = town.book(copies=0)
    town.librarian.post(f"books/{book}/copies", {"barcodes": ["Em1"]})
    town.bus.settle()
    desk = a_librarian_at_the_admin("L-7")
    page = desk.lend(User.objects.get(pk=town.haneul.id).card_number.lower(), "eM1")
    assert "Em1" in page
    assert town.haneul.get("dashboard").status_code == 200
    assert town.haneul.get("loans").json()["results"][0]["copies"][0]["barcode"] == "Em1"
