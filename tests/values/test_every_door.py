"""The same odd spellings give the same thing at every door."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.passwords.lockout import card_tried
from catalog.importing.tables.reading import table_records
from catalog.models import Book, Copy
from catalog.search.asking import best_matches
from fines.models import FeeSchedule
from kernel import command_line
from lending.models import Policy
from tests.admin.door import Door, a_moment_later
from tests.admin.door import a_librarian as a_librarian_at_the_admin
from tests.factories import Town
from tests.people import PASSWORD, Person

pytestmark = pytest.mark.django_db

ISBN = "9788937483295"
ISBNS = [
    "978‐89‐374‐8329‐5",
    "ISBN 978-89-374-8329-5 (양장)",
    "９７８８９３７４８３２９５",
    "9788937483295 03810",
    "8937483297",
]
NO_ISBNS = ["9788937483296", "979-0-2306-7118-7"]

BARCODE = "B0000080-0001"
BARCODES = ["ㅠ0000080-0001", "*b0000080-0001*", " B0000080–0001 ", "Ｂ００００080-0001", "\ufeffB0000080-0001"]

CARD = "P-7700"
CARDS = ["ㅔ-7700", "*p-7700*", "Ｐ－7700", "P–7700 "]

RECORD = {"title": "책", "authors": "", "copies-TOTAL_FORMS": "0", "copies-INITIAL_FORMS": "0"}
DAYS = ["2030. 1. 2.", "2030년 1월 2일", "20300102", "2030/01/02", "2 Jan 2030"]
AMOUNTS = ["₩15,000", "\\15000", "15000원", "KRW 15000", "１５，０００"]


@pytest.fixture
def desk(town: Town) -> Door:
    """A librarian at the staff side."""
    return a_librarian_at_the_admin("L-7700")


# One ISBN


def isbn_by_api(town: Town, desk: Door, tmp_path: Any, isbn: str) -> Any:
    answer = town.librarian.post("books", {"title": "책", "isbn": isbn})
    return answer.json()["isbn"] if answer.status_code == 201 else answer.status_code == 400


def isbn_by_admin(town: Town, desk: Door, tmp_path: Any, isbn: str) -> Any:
    desk.send("catalog_book_add", **RECORD, isbn=isbn)
    return Book.objects.exists() and Book.objects.get().isbn


def other_isbn_by_admin(town: Town, desk: Door, tmp_path: Any, isbn: str) -> Any:
    desk.send("catalog_book_add", **RECORD, other_isbns=f"{isbn}\n")
    return Book.objects.exists() and Book.objects.get().other_isbns[0]


def isbn_by_table(town: Town, desk: Door, tmp_path: Any, isbn: str) -> Any:
    path = tmp_path / "books.csv"
    path.write_text(f"title,isbn\n책,{isbn}\n", "utf-8")
    [book] = table_records(path)
    return book.fields["isbn"]


def isbn_by_search(town: Town, desk: Door, tmp_path: Any, isbn: str) -> Any:
    town.book(title="다른 책", isbn="9788937460777")
    book = town.book(title="책", isbn=ISBN)
    return ISBN if best_matches(isbn) == [book] else None


def isbn_by_filter(town: Town, desk: Door, tmp_path: Any, isbn: str) -> Any:
    town.book(title="다른 책", isbn="9788937460777")
    book = town.book(title="책", isbn=ISBN)
    answer = Person().get("books", {"isbn": isbn})
    if answer.status_code == 400:
        return False
    return ISBN if [found["id"] for found in answer.json()["results"]] == [book] else None


WAYS_OF_ISBN = [isbn_by_api, isbn_by_admin, other_isbn_by_admin, isbn_by_table, isbn_by_search, isbn_by_filter]


@pytest.mark.parametrize("written", ISBNS)
@pytest.mark.parametrize("door", WAYS_OF_ISBN)
def test_an_isbn(town: Town, desk: Door, tmp_path: Any, door: Callable[..., Any], written: str) -> None:
    assert door(town, desk, tmp_path, written) == ISBN


@pytest.mark.parametrize("written", NO_ISBNS)
@pytest.mark.parametrize("door", [isbn_by_api, isbn_by_admin, isbn_by_table, isbn_by_filter])
def test_what_is_no_isbn(town: Town, desk: Door, tmp_path: Any, door: Callable[..., Any], written: str) -> None:
    assert door(town, desk, tmp_path, written) in (True, False, None)
    assert not Book.objects.exclude(isbn="9788937460777").filter(isbn__isnull=False).exclude(isbn=ISBN).exists()


# One barcode


def barcode_added_by_api(town: Town, desk: Door, barcode: str) -> str:
    answer = town.librarian.post(f"books/{town.book(copies=0)}/copies", {"barcodes": [barcode]})
    return str(answer.json()[0]["barcode"] if isinstance(answer.json(), list) else Copy.objects.get().barcode)


def barcode_added_by_admin(town: Town, desk: Door, barcode: str) -> str:
    desk.send("catalog_book_change", town.book(copies=0), **RECORD, barcodes=f"\n{barcode}\n")
    return Copy.objects.get().barcode


def barcode_changed_by_api(town: Town, desk: Door, barcode: str) -> str:
    [copy] = town.copy_ids(town.book())
    return str(town.librarian.patch(f"copies/{copy}", {"barcode": barcode}).json()["barcode"])


def barcode_changed_by_admin(town: Town, desk: Door, barcode: str) -> str:
    [copy] = town.copy_ids(town.book())
    desk.send("catalog_copy_change", copy, barcode=barcode, for_loan="on", items="")
    return Copy.objects.get().barcode


ADDING = [barcode_added_by_api, barcode_added_by_admin, barcode_changed_by_api, barcode_changed_by_admin]


@pytest.mark.parametrize("written", BARCODES)
@pytest.mark.parametrize("door", ADDING)
def test_a_barcode_is_put_on_a_copy(town: Town, desk: Door, door: Callable[..., str], written: str) -> None:
    assert door(town, desk, written).upper() == BARCODE


@pytest.mark.parametrize("written", BARCODES)
def test_a_barcode_is_found(town: Town, desk: Door, written: str) -> None:
    book = town.book(copies=0)
    town.librarian.post(f"books/{book}/copies", {"barcodes": [BARCODE, "B0000090-0001"]})
    town.bus.settle()

    lent = town.librarian.post("loans", {"patron": town.haneul.id, "barcode": written})
    assert lent.status_code == 201, lent.json()
    assert [copy["barcode"] for copy in lent.json()["copies"]] == [BARCODE]
    [found] = town.librarian.get("copies", {"barcode": written}).json()["results"]
    assert found["barcode"] == BARCODE
    for page in ("catalog_copy", "lending_copy", "lending_loan", "lending_loanline", "catalog_book"):
        shown = desk.see(f"{page}_changelist", q=written)
        assert "0 results" not in shown, page
        assert "B0000090-0001" not in shown, page
    assert town.librarian.post("returns", {"barcode": written}).status_code == 200
    assert "Lent until" in desk.lend("P-7001", written)
    a_moment_later()
    assert "Taken back." in desk.scan(written)


# One card


def card_by_api(town: Town, desk: Door, card: str) -> None:
    answer = town.librarian.post("patrons", {"card_number": card, "name": "이상", "email": "", "password": PASSWORD})
    assert answer.status_code == 201, answer.json()


def card_by_admin(town: Town, desk: Door, card: str) -> None:
    fields = {"name": "이상", "language": "ko", "is_active": "on", "new_password": PASSWORD}
    desk.send("accounts_user_add", card_number=card, **fields)


@pytest.mark.parametrize("written", CARDS)
@pytest.mark.parametrize("door", [card_by_api, card_by_admin])
def test_a_card_is_registered_and_found(town: Town, desk: Door, door: Callable[..., None], written: str) -> None:
    door(town, desk, written)

    card = User.objects.get(name="이상").card_number
    assert card.upper() == CARD
    for other in CARDS:
        assert Person().post("auth/login", {"card_number": other, "password": PASSWORD}).status_code == 200
        assert User.objects.get_by_natural_key(other).card_number == card
        assert card_tried(None, {"username": other}) == CARD  # type: ignore[arg-type]
        found = town.librarian.get("patrons", {"q": other}).json()["results"]
        assert [person["card_number"] for person in found] == [card]
        assert f">{card}<" in desk.see("accounts_user_changelist", q=other)
    assert "이상" in desk.scan(written)


# One day, one amount


def days_taken(town: Town, desk: Door, day: str) -> Iterator[str]:
    rules = {"loan__days": 21, "block__debt_from": "5,000원"}
    desk.send("lending_policy_add", valid_from=day, **rules)
    policy = Policy.objects.latest("valid_from")
    assert policy.given["block.debt_from"] == 5000
    yield policy.valid_from.isoformat()
    yield command_line.day(day).isoformat()


@pytest.mark.parametrize("written", DAYS)
def test_a_day(town: Town, desk: Door, written: str) -> None:
    assert list(days_taken(town, desk, written)) == ["2030-01-02"] * 2


@pytest.mark.parametrize("written", ["2026. 1. 5.", "2026년 1월 5일", "20260105"])
def test_a_day_in_the_past_that_a_loan_was_made_on(town: Town, desk: Door, written: str) -> None:
    loan = {"patron": town.haneul.id, "book": town.book(), "borrowed_on": written}
    made = town.librarian.post("loans", loan)
    assert made.status_code == 201, made.json()
    assert made.json()["borrowed_at"].startswith("2026-01-05")
    assert "2026-01-05" in desk.scan("NO-SUCH", day=written)


@pytest.mark.parametrize("written", AMOUNTS)
def test_an_amount(town: Town, desk: Door, tmp_path: Any, written: str) -> None:
    [copy] = town.copy_ids(town.book())
    desk.send("catalog_copy_change", copy, barcode="B1", for_loan="on", items="", price=written)
    assert Copy.objects.get().price == 15000

    path = tmp_path / "books.csv"
    path.write_text(f'title,barcode,price\n책,B1,"{written}"\n', "utf-8")
    [[found]] = [book.copies for book in table_records(path)]
    assert found.price == 15000

    tomorrow = timezone.localdate() + timedelta(days=1)
    desk.send("fines_feeschedule_add", valid_from=tomorrow.isoformat(), tiers=f"1: {written}")
    assert FeeSchedule.objects.get().given == {"tiers": {"1": 15000}}


def test_a_year(town: Town, desk: Door) -> None:
    desk.send("catalog_book_add", **RECORD, published_year="단기 4288")
    assert Book.objects.get().published_year == 1955
