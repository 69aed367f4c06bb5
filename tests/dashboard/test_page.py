"""What the patron's page shows, and to whom."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fines.services import adopt_fee_schedule
from kernel.eventbus.telemetry import projection_lag
from tests.factories import Town, refusal, seoul
from tests.people import Person


def test_every_field_of_the_page(town: Town) -> None:
    book = town.book(copies=3, title="난장이가 쏘아올린 작은 공")
    (fine,) = town.fines(town.haneul)
    late = town.lend_long_ago(town.haneul, book, quantity=2, day="2026-02-10")
    fresh = town.lend(town.haneul, book)

    assert town.page(town.haneul) == {
        "patron": town.haneul.id,
        "copies_on_loan": 3,
        "copies_overdue": 2,
        "fines_outstanding": 2000,
        "fines_accruing": 500,
        "credit": 0,
        "suspended_until": None,
        "suspension_accruing_days": 0,
        "currency": "KRW",
        "loans": [
            {"loan": late["id"], "title": late["title"], "outstanding": 2, "due_on": "2026-02-24", "days_late": 6},
            {"loan": fresh["id"], "title": late["title"], "outstanding": 1, "due_on": "2026-03-16", "days_late": 0},
        ],
        "fines": [
            {
                "id": fine["id"],
                "patron": town.haneul.id,
                "kind": "late",
                "loan": fine["loan"],
                "title": "Lost & Found, vol. 1–3",
                "amount": 2000,
                "paid": 0,
                "currency": "KRW",
                "days_late": 42,
                "status": "outstanding",
                "charged_at": "2026-03-02T10:00:00+09:00",
                "explanation": "Returned 42 days late: 15 days or more late cost 2,000 KRW (the usual fees).",
            }
        ],
        "holds": [],
        "as_of": "2026-03-02T10:00:00+09:00",
    }


def test_a_new_patrons_page_is_empty(town: Town) -> None:
    page = town.page(town.haneul)
    assert (page["patron"], page["loans"], page["fines"]) == (town.haneul.id, [], [])
    assert {page[total] for total in ("copies_on_loan", "copies_overdue", "fines_outstanding", "fines_accruing")} == {0}


def test_what_accrues_is_reckoned_at_reading(town: Town) -> None:
    book = town.book(copies=4)
    town.lend(town.haneul, book, quantity=3)
    town.moves_to(seoul(3, 9))
    town.lend(town.haneul, book)

    accruing = {}
    for day in (16, 17, 24, 31):
        town.moves_to(seoul(3, day))
        accruing[day] = town.page(town.haneul)["fines_accruing"]
    assert accruing == {16: 0, 17: 500, 24: 1000 + 500, 31: 2000 + 1000}
    assert town.page(town.haneul)["fines_outstanding"] == 0


def test_what_accrues_follows_the_schedule_in_force_today(town: Town) -> None:
    for valid_from, tiers in (
        (date(2026, 3, 5), {1: 50}),
        (date(2026, 3, 4), {1: 40, 100: 1}),
        (date(2027, 1, 1), {1: 9}),
    ):
        adopt_fee_schedule(valid_from=valid_from, given={"tiers": tiers}, now=timezone.now())
    town.lend_long_ago(town.haneul, town.book())

    accruing = []
    for day in (3, 4, 5, 6):
        town.moves_to(seoul(3, day))
        accruing.append(town.page(town.haneul)["fines_accruing"])
    assert accruing == [2000, 40, 50, 50]


def test_loans_stand_in_the_order_of_their_due_dates(town: Town) -> None:
    days = ("2026-02-25", "2026-02-16", "2026-02-21")
    for day in days:
        town.lend_long_ago(town.haneul, town.book(), day=day)
    assert [loan["due_on"] for loan in town.page(town.haneul)["loans"]] == ["2026-03-02", "2026-03-07", "2026-03-11"]


def test_a_patron_sees_no_page_but_the_own(town: Town) -> None:
    town.lend(town.haneul, town.book())
    assert refusal(town.jo.get(f"dashboard/{town.haneul.id}")) == (404, "not_found")
    assert town.haneul.get(f"dashboard/{town.haneul.id}").json() == town.page(town.haneul)


def test_a_librarian_sees_every_page(town: Town) -> None:
    town.lend(town.haneul, town.book())
    assert town.librarian.get(f"dashboard/{town.haneul.id}").json() == town.page(town.haneul)


def test_a_patron_that_nobody_registered_has_no_page(town: Town) -> None:
    assert refusal(town.librarian.get("dashboard/404404")) == (404, "not_found")
    assert refusal(town.haneul.get("dashboard/404404")) == (404, "not_found")


def test_a_page_needs_a_card(town: Town) -> None:
    assert Person().get("dashboard").status_code == 401
    assert Person().get(f"dashboard/{town.haneul.id}").status_code == 401


def test_a_page_takes_three_statements_with_the_sign_in(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection_lag, "CACHED_FOR", 600)
    town.fines(town.haneul, 2)
    town.lend(town.haneul, town.book(copies=3), quantity=3)
    with CaptureQueriesContext(connection) as statements:
        town.page(town.haneul)
    assert len(statements) <= 3, list(statements)


def test_what_is_overdue_takes_three_more(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection_lag, "CACHED_FOR", 600)
    for _ in range(3):
        town.lend_long_ago(town.haneul, town.book())
    assert town.page(town.haneul)["fines_accruing"] == 3 * 2000
    with CaptureQueriesContext(connection) as statements:
        town.page(town.haneul)
    assert len(statements) <= 6, list(statements)


def test_a_books_availability_takes_one_statement(town: Town) -> None:
    book = town.book(copies=5)
    town.lend(town.haneul, book, quantity=2)
    with CaptureQueriesContext(connection) as statements:
        assert town.available(book) == 3
    assert len(statements) == 1, list(statements)
