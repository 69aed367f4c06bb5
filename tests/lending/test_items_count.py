"""RULES 5.5, `items.lend` and `items.count`: items that go along count as copies for the limits."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from lending.checkout.services import BorrowRequest, borrow_books
from lending.deferral.tasks import decide_requested_loans
from lending.models import Copy, Loan, LoanLine
from tests.factories import Town, new_policy, refusal
from tests.people import Person


def with_items(town: Town, *items: str, copies: int = 1, **record: Any) -> int:
    """A book whose copies have these items."""
    book = town.book(copies=0, title="자전거 여행")
    made = town.librarian.post(f"books/{book}/copies", {"count": copies, "items": list(items), **record})
    assert made.status_code == 201, made.json()
    town.bus.settle()
    return book


def borrowed(who: Person, book: int, quantity: int = 1) -> tuple[int, str]:
    """What a patron is answered who asks for a book."""
    answer = who.post("loans", {"book": book, "quantity": quantity})
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.parametrize(("limit", "answer"), [(3, (201, "")), (2, (409, "loan_limit_reached"))])
def test_a_copy_with_two_items_is_three_copies(town: Town, limit: int, answer: tuple[int, str]) -> None:
    new_policy(items__count=True, loan__max_copies=limit)
    book = with_items(town, "CD", "지도")
    barcode = Copy.objects.get(book=book).barcode
    wanted = {"patron": town.haneul.id, "barcode": barcode}
    for body in ({"patron": town.haneul.id, "book": book}, wanted):
        tried = town.librarian.post("loans?dry_run=true", body).json()
        assert [reason["code"] for reason in tried["reasons"]] == ([] if limit == 3 else ["loan_limit_reached"])
    assert borrowed(town.haneul, book) == answer
    if limit == 2:
        said = town.librarian.post("loans", wanted).json()["detail"]
        assert said.endswith("accompanying items counted; out or asked for already: 0, and this makes 3 more.")
        korean = town.librarian.post("loans", wanted, headers={"Accept-Language": "ko"}).json()["detail"]
        assert "딸림자료" in korean
    assert LoanLine.objects.filter(items=2).count() == (limit == 3)


def test_items_that_are_out_count_to_the_last_copy_that_is_allowed(town: Town) -> None:
    new_policy(items__count=True, loan__max_copies=4)
    assert borrowed(town.haneul, with_items(town, "CD")) == (201, "")
    plain = town.book(copies=9)
    assert borrowed(town.haneul, plain, 3) == (409, "loan_limit_reached")
    assert borrowed(town.haneul, plain, 2) == (201, "")
    assert borrowed(town.haneul, plain) == (409, "loan_limit_reached")
    loan = Loan.objects.order_by("pk").first()
    assert loan
    town.give_back(town.haneul, {"id": loan.pk})
    assert borrowed(town.haneul, with_items(town, "CD", "지도")) == (409, "loan_limit_reached")
    assert borrowed(town.haneul, with_items(town, "CD")) == (201, "")


def test_items_count_by_the_policy_of_the_day_of_asking(town: Town) -> None:
    new_policy(date(2026, 3, 1), loan__max_copies=2)
    town.take(town.haneul, with_items(town, "CD"))
    plain = town.book(copies=2)
    assert town.haneul.post("loans?dry_run=true", {"book": plain}).json()["allowed"]
    new_policy(date(2026, 3, 2), loan__max_copies=2, items__count=True)
    assert borrowed(town.haneul, plain) == (409, "loan_limit_reached")


def test_what_is_not_lent_or_not_there_counts_for_nothing(town: Town) -> None:
    new_policy(items__count=True, loan__max_copies=1)
    new_policy(copy_type="set", items__count=True, items__lend=False, loan__max_copies=1)
    town.librarian.post("copy-types", {"code": "set", "name_ko": "세트", "name_en": "Set"})
    kept_here = with_items(town, "CD", type="set")
    town.lend(town.haneul, kept_here)
    barcode = Copy.objects.get(book=kept_here).barcode
    assert town.librarian.post("returns", {"barcode": barcode, "missing_items": ["CD"]}).status_code == 200

    gone = with_items(town, "CD")
    assert borrowed(town.haneul, gone) == (409, "loan_limit_reached")
    Copy.objects.filter(book=gone).update(missing_items=["CD"])
    assert borrowed(town.haneul, gone) == (201, "")


def test_items_count_for_the_limit_of_a_type_and_of_a_family(town: Town) -> None:
    town.librarian.post("copy-types", {"code": "dvd", "name_ko": "DVD", "name_en": "DVD"})
    new_policy(loan__max_copies=2, items__count=True)
    new_policy(copy_type="dvd", loan__max_of_type=2, loan__max_copies=9, items__count=True)
    film = with_items(town, "책자", copies=2, type="dvd")
    assert borrowed(town.haneul, film, 2) == (409, "type_limit_reached")
    assert borrowed(town.haneul, film) == (201, "")
    assert borrowed(town.haneul, film) == (409, "type_limit_reached")

    members = [town.haneul.id, town.jo.id]
    assert town.librarian.post("families", {"name": "김씨네", "members": members}).status_code == 201
    assert borrowed(town.jo, with_items(town, "CD", "지도")) == (409, "loan_limit_reached")  # 2 of 4 are out
    assert borrowed(town.jo, with_items(town, "CD")) == (201, "")
    assert borrowed(town.haneul, town.book()) == (409, "loan_limit_reached")


def test_on_the_fast_road_items_are_decided_alone(town: Town) -> None:
    new_policy(items__count=True, loan__max_copies=2)
    full, fits = with_items(town, "CD", "지도"), with_items(town, "CD")
    now = timezone.now()
    asked = [(town.haneul.id, full), (town.jo.id, fits)]
    town.bus.settle()
    wishes = [BorrowRequest(patron_id=patron, book_id=book, requested_at=now) for patron, book in asked]
    alone, lent = borrow_books(wishes, now=now)
    assert alone is None
    assert isinstance(lent, Loan)
    assert Copy.objects.get(book=full).lendable
    assert refusal(town.haneul.post("loans", {"book": full})) == (409, "loan_limit_reached")


def test_a_request_that_is_decided_later_counts_them_too(town: Town) -> None:
    new_policy(items__count=True, loan__max_copies=2)
    loan = town.ask_for(town.haneul, with_items(town, "CD", "지도"))
    fits = town.ask_for(town.jo, with_items(town, "CD"))
    town.bus.settle()

    decide_requested_loans()
    shown = town.loan(town.haneul, loan)
    assert (shown["status"], shown["cancel_reason"]) == ("cancelled", "loan_limit_reached")
    assert town.loan(town.jo, fits)["status"] == "active"


def test_what_goes_along_is_said_before_and_at_the_desk(town: Town) -> None:
    new_policy(items__count=True, items__late=True, items__must_return=False)
    book = with_items(town, "CD", "지도")
    body = {"patron": town.haneul.id, "barcode": Copy.objects.get(book=book).barcode}
    said = town.librarian.post("loans?dry_run=true", body).json()["explanation"]
    assert {
        "What goes along: CD, 지도.",
        "Each accompanying item counts as a copy.",
        "Accompanying items need not come back.",
        "Each accompanying item makes one more late copy.",
    } <= {*said}
    loan = town.take(town.haneul, book)
    korean = town.haneul.get(f"loans/{loan['id']}/explain", headers={"Accept-Language": "ko"}).json()["explanation"]
    assert "딸림자료 한 점을 한 권으로 셉니다." in korean


def test_items_of_another_volume_do_not_count(town: Town) -> None:
    new_policy(items__count=True, loan__max_copies=1)
    book = town.book(copies=0)
    for more in ({"volume": "1", "items": ["CD"]}, {"volume": "2"}):
        assert town.librarian.post(f"books/{book}/copies", {"count": 1, **more}).status_code == 201
    town.bus.settle()
    assert refusal(town.haneul.post("loans", {"book": book, "volume": "1"})) == (409, "loan_limit_reached")
    assert town.haneul.post("loans", {"book": book, "volume": "2"}).status_code == 201
