"""Regulations as libraries publish them, typed in through the API and played, as far as loans and renewals go."""

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from lending.models import Copy
from tests.bus import Bus
from tests.factories import Town, refusal, seoul
from tests.people import a_patron

LATE = {"as": "suspension"}


@pytest.fixture
def bus() -> Bus:
    """The stories are about what is asked at once; one order of deliveries is enough."""
    return Bus()


def typed_in(town: Town, **policy: Any) -> dict[str, Any]:
    """A librarian types a policy in."""
    answer = town.librarian.post("policies", policy)
    assert answer.status_code in {200, 201}, answer.json()
    return dict(answer.json())


def of_type(town: Town, code: str, copies: int = 9) -> int:
    """A book whose copies are of a type that the librarian has added."""
    town.librarian.post("copy-types", {"code": code, "name_ko": code, "name_en": code})
    book = town.book(title=code)
    made = {"count": copies, "type": code}
    assert town.librarian.post(f"books/{book}/copies", made).status_code == 201
    assert town.librarian.delete(f"copies/{Copy.objects.filter(book=book, type='').get().pk}").status_code == 204
    town.bus.settle()
    return book


def is_now(town: Town, category: str) -> None:
    """The patron belongs to a category."""
    town.librarian.post("categories", {"code": category, "name_ko": category, "name_en": category})
    answer = town.librarian.patch(f"patrons/{town.haneul.id}", {"category": category})
    assert answer.status_code == 200


def due(town: Town, book: int, quantity: int = 1) -> str:
    """When what the patron borrows now is due."""
    return str(town.take(town.haneul, book, quantity)["due_on"])


def refused(town: Town, book: int, quantity: int = 1) -> str:
    """The first reason against it."""
    status, code = refusal(town.haneul.post("loans", {"book": book, "quantity": quantity}))
    assert status == 409
    return code


def renewed(town: Town, loan: dict[str, Any]) -> str:
    """The new due date, or the reason why there is none."""
    answer = town.haneul.post(f"loans/{loan['id']}/renew").json()
    return str(answer.get("reason") or answer["due_on"])


def test_songpa_renews_once_by_seven_days_and_not_on_the_day_of_the_loan(town: Town) -> None:
    renewal = {"max": 1, "days": 7, "on_loan_day": False, "while_other_overdue": False}
    hold = {"max": 3, "on_shelf": False, "pickup_days": 3}
    typed_in(town, loan={"days": 14, "max_copies": 5}, renewal=renewal, hold=hold, late=LATE)
    for reference in ("reference", "serial"):
        typed_in(town, copy_type=reference, loan={"for_loan": False})
    loan = town.take(town.haneul, town.book(copies=9), quantity=4)
    assert loan["due_on"] == "2026-03-16"
    assert refused(town, of_type(town, "reference")) == "not_for_loan"
    assert refused(town, town.book(copies=9), 2) == "loan_limit_reached"
    assert renewed(town, loan) == "not_on_loan_day"
    town.moves_to(seoul(3, 3))
    other = town.take(town.haneul, town.book())
    assert renewed(town, loan) == "2026-03-23"
    assert renewed(town, loan) == "already_renewed"
    town.moves_to(seoul(3, 24))
    assert renewed(town, other) == "overdue"


def test_namhae_lends_the_same_copy_again_from_tomorrow(town: Town) -> None:
    typed_in(town, loan={"days": 14, "first_day": "next", "max_copies": 4, "again_after_days": 1}, late=LATE)
    book = town.book()
    loan = town.take(town.haneul, book)
    town.give_back(town.haneul, loan)
    assert refused(town, book) == "too_soon_again"
    town.moves_to(seoul(3, 3))
    assert due(town, book) == "2026-03-17"
    assert due(town, town.book(copies=9), 3) == "2026-03-17"
    assert refused(town, town.book()) == "loan_limit_reached"


def test_andong_renews_nothing(town: Town) -> None:
    typed_in(town, loan={"max_copies": 10}, renewal={"max": 0}, hold={"max": 3, "per_book": 5})
    loan = town.take(town.haneul, town.book(copies=12), quantity=10)
    assert renewed(town, loan) == "already_renewed"
    assert refused(town, town.book()) == "loan_limit_reached"


def test_andong_lets_a_family_share_ten_for_each_member_with_the_own_card(town: Town) -> None:
    typed_in(town, loan={"max_copies": 10}, renewal={"max": 0}, hold={"max": 3, "per_book": 5})
    child = a_patron("P-7003", "김새봄")
    family = {"name": "김씨네", "members": [town.haneul.id, town.jo.id, child.id]}
    assert town.librarian.post("families", family).status_code == 201
    book = town.book(copies=31)
    loans = [town.take(child, book, quantity=25), town.take(town.jo, book, quantity=5)]
    assert [loan["patron"] for loan in loans] == [child.id, town.jo.id]
    assert refused(town, book) == "loan_limit_reached"
    town.give_back(town.jo, loans[1], quantity=2)
    assert refused(town, book, 3) == "loan_limit_reached"
    assert due(town, book, 2) == "2026-03-16"
    assert renewed(town, town.haneul.get("loans").json()["results"][0]) == "already_renewed"


def test_yeongyang_lends_at_most_two_discs_for_seven_days(town: Town) -> None:
    typed_in(town, loan={"days": 14, "max_copies": 10})
    typed_in(town, copy_type="dvd", loan={"days": 7, "max_of_type": 2})
    films, books = of_type(town, "dvd"), town.book(copies=12)
    assert [due(town, films), due(town, films)] == ["2026-03-09"] * 2
    assert refused(town, films) == "type_limit_reached"
    assert due(town, books, 8) == "2026-03-16"
    assert refused(town, books) == "loan_limit_reached"


def test_seoul_metropolitan_counts_the_day_of_the_loan(town: Town) -> None:
    first_part = {"days": 15, "first_day": "same"}
    typed_in(town, loan={**first_part, "max_copies": 7}, hold={"per_copy": 3, "per_book": 10})
    typed_in(town, copy_type="audiovisual", loan={**first_part, "max_of_type": 3, "max_copies": None})
    typed_in(town, category="disabled", loan={"days": 30, "first_day": "same", "max_copies": 10})
    books, films = town.book(copies=20), of_type(town, "audiovisual")
    assert due(town, books, 7) == "2026-03-16"
    assert refused(town, books) == "loan_limit_reached"
    assert due(town, films, 3) == "2026-03-16"
    assert refused(town, films) == "type_limit_reached"
    is_now(town, "disabled")
    assert refused(town, books) == "loan_limit_reached"
    town.give_back(town.haneul, town.haneul.get("loans").json()["results"][0])
    assert due(town, books, 3) == "2026-03-31"


@pytest.mark.parametrize(
    ("category", "copies", "days"), [("undergraduate", 5, 14), ("staff", 10, 30), ("faculty", 20, 60)]
)
def test_eulji_renews_twice_by_the_period_of_the_category(town: Town, category: str, copies: int, days: int) -> None:
    hold = {"max": 2, "per_book": 2, "pickup_days": 3}
    for code, most, period in [("undergraduate", 5, 14), ("staff", 10, 30), ("faculty", 20, 60)]:
        typed_in(
            town, category=code, loan={"days": period, "max_copies": most}, renewal={"max": 2}, hold=hold, late=LATE
        )
    is_now(town, category)
    book = town.book(copies=25)
    loan = town.take(town.haneul, book, copies)
    begun = date(2026, 3, 2).toordinal()
    assert loan["due_on"] == str(date.fromordinal(begun + days))
    assert refused(town, book) == "loan_limit_reached"
    assert renewed(town, loan) == str(date.fromordinal(begun + 2 * days))
    assert renewed(town, loan) == str(date.fromordinal(begun + 3 * days))
    assert renewed(town, loan) == "already_renewed"


def test_dankook_changes_its_rules_from_a_day_on_and_older_loans_keep_theirs(town: Town) -> None:
    typed_in(town, category="faculty", loan={"days": 180, "max_copies": 50})
    is_now(town, "faculty")
    book = town.book(copies=70)
    before = town.take(town.haneul, book, 55 - 10)
    typed_in(town, valid_from="2026-03-10", category="faculty", loan={"days": 90, "max_copies": 60})
    assert before["due_on"] == "2026-08-29"
    town.moves_to(seoul(3, 9))
    assert due(town, book) == "2026-09-05"
    town.moves_to(seoul(3, 10))
    assert due(town, book) == "2026-06-08"
    assert renewed(town, before) == "2027-02-25"
    assert refused(town, book, 14) == "loan_limit_reached"
    assert due(town, book, 13) == "2026-06-08"


def test_jeonnam_yongin_and_a_town_say_what_late_returns_come_to_and_it_is_kept(town: Town) -> None:
    yongin = {**LATE, "suspension": "sum"}
    sums = typed_in(town, late=yongin)
    longest = typed_in(town, valid_from="2026-03-10", late={**LATE, "suspension": "longest"})
    assert (sums["late"]["suspension"], longest["late"]["suspension"]) == ("sum", "longest")
    book = town.book(copies=9)
    before = town.take(town.haneul, book, 7)
    town.moves_to(seoul(3, 10))
    after = town.take(town.haneul, book)
    told = [town.haneul.get(f"loans/{loan['id']}/explain").json()["policy"]["late"] for loan in (before, after)]
    assert [late["suspension"] for late in told] == ["sum", "longest"]
    abroad = typed_in(town, category="guest", late={"as": "fine", "counts": "open_days", "grace_days": 1})
    assert abroad["late"]["grace_days"] == 1


def test_another_town_counts_a_copy_as_lost_after_three_weeks(town: Town) -> None:
    made = typed_in(town, late={"as": "nothing", "lost_after_days": 21})
    assert (made["late"]["as"], made["late"]["lost_after_days"]) == ("nothing", 21)


def test_the_category_of_a_patron_counts_at_once(town: Town) -> None:
    typed_in(town, category="child", loan={"days": 7})
    book = town.book(copies=2)
    assert due(town, book) == "2026-03-16"
    is_now(town, "child")
    assert due(town, book) == "2026-03-09"
    assert User.objects.get(pk=town.haneul.id).category_id == "child"
