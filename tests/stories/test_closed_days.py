"""A closure is added after books were lent: their due dates move out of it, and back."""

import threading
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from kernel.eventbus.models import Event
from lending.calendar import due_dates
from lending.models import Loan
from library.operations.drift import drift
from tests.api.answers import done, refused
from tests.bus import Bus
from tests.factories import Town, opening_day, seoul

SEOLLAL_2024 = {"from": "2024-02-09", "to": "2024-02-12", "reason": "설 연휴"}


def shut(town: Town, first: str, last: str) -> int:
    """A closure, added now."""
    return int(done(town.librarian.post("closures", {"from": first, "to": last, "reason": "공사"}), 201)["id"])


def move(town: Town, closure: int, back: bool = False) -> int:
    """How many due dates moved."""
    moved = done(town.librarian.post(f"closures/{closure}/{'move-back' if back else 'move-due-dates'}"))["moved"]
    town.bus.settle()
    return int(moved)


def due(town: Town, *loans: dict[str, Any]) -> list[str]:
    """When these are due, as the loan and the patron's page have it."""
    shown = {one["loan"]: one["due_on"] for one in town.page(town.haneul)["loans"]}
    dates = [town.loan(town.haneul, loan)["due_on"] for loan in loans]
    assert dates == [shown[loan["id"]] for loan in loans]
    return [day[5:] for day in dates]


def moved_events() -> list[Event]:
    """What was announced, in its order."""
    return list(Event.objects.filter(name="DueDateChanged").order_by("pk"))


def test_what_would_have_been_due_while_it_is_closed_is_due_when_it_opens(town: Town) -> None:
    """FIELD R8: closed from 9 to 12 February 2024; due dates moved to the 13th."""
    book = town.book(copies=6)
    made = ["2024-01-25", "2024-01-26", "2024-01-27", "2024-01-28", "2024-01-29", "2024-01-30"]
    loans = [town.lend_long_ago(town.haneul, book, day=day) for day in made]
    assert due(town, *loans) == ["02-08", "02-09", "02-10", "02-11", "02-12", "02-13"]
    closure = done(town.librarian.post("closures", SEOLLAL_2024), 201)["id"]
    assert due(town, *loans) == ["02-08", "02-09", "02-10", "02-11", "02-12", "02-13"]

    assert move(town, closure) == 4
    assert due(town, *loans) == ["02-08", "02-13", "02-13", "02-13", "02-13", "02-13"]
    assert move(town, closure) == 0

    assert move(town, closure, back=True) == 4
    assert due(town, *loans) == ["02-08", "02-09", "02-10", "02-11", "02-12", "02-13"]
    assert move(town, closure, back=True) == 0
    assert move(town, closure) == 4
    call_command("replay", "dashboard", "--from-empty", stdout=StringIO())
    town.bus.settle()
    assert due(town, *loans) == ["02-08", "02-13", "02-13", "02-13", "02-13", "02-13"]
    assert list(drift()) == []


def test_it_is_one_act_with_who_and_why(town: Town) -> None:
    book = town.book(copies=3)
    loans = [town.lend(town.haneul, book) for _number in range(3)]
    closure = shut(town, "2026-03-16", "2026-03-17")
    move(town, closure)
    moved = moved_events()
    assert [event.payload["loan"] for event in moved] == [loan["id"] for loan in loans]
    assert len({event.causation_id for event in moved}) == len({event.correlation_id for event in moved}) == 1
    assert moved[0].causation_id
    assert {(event.by, event.via, event.reason) for event in moved} == {(town.librarian.id, "api", "공사")}
    assert {(one.payload["due_before"], one.payload["due_on"]) for one in moved} == {("2026-03-16", "2026-03-18")}
    assert {event.payload["outstanding"] for event in moved} == {1}
    move(town, closure, back=True)
    back = moved_events()[3:]
    assert {(one.payload["due_before"], one.payload["due_on"]) for one in back} == {("2026-03-18", "2026-03-16")}
    assert len({event.causation_id for event in [*moved, *back]}) == 2


def test_what_was_renewed_or_brought_back_since_is_not_moved_back(town: Town) -> None:
    book = town.book(copies=3)
    stays, renewed, returned = (town.lend(town.haneul, book) for _number in range(3))
    closure = shut(town, "2026-03-16", "2026-03-17")
    assert move(town, closure) == 3
    town.haneul.post(f"loans/{renewed['id']}/renew")
    town.give_back(town.haneul, returned)
    town.bus.settle()
    assert move(town, closure, back=True) == 1
    assert due(town, stays, renewed) == ["03-16", "04-01"]
    assert town.loan(town.haneul, returned)["due_on"] == "2026-03-18"


def test_a_day_that_is_open_all_the_same_and_what_is_back_stay(town: Town) -> None:
    book = town.book(copies=2)
    loan, returned = (town.lend(town.haneul, book) for _number in range(2))
    town.give_back(town.haneul, returned)
    closure = shut(town, "2026-03-10", "2026-03-20")
    town.librarian.post("openings", {"date": "2026-03-16", "reason": "반납일"})
    assert move(town, closure) == 0
    assert due(town, loan) == ["03-16"]


def test_a_loan_that_fell_overdue_while_it_was_closed_is_late_no_more(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 18))
    assert town.page(town.haneul)["copies_overdue"] == 1
    move(town, shut(town, "2026-03-16", "2026-03-17"))
    assert town.page(town.haneul)["copies_overdue"] == 0
    assert town.give_back(town.haneul, loan)["days_late"] == 0


def test_moved_back_and_moved_again(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    closure = shut(town, "2026-03-16", "2026-03-17")
    assert [move(town, closure), move(town, closure, back=True), move(town, closure)] == [1, 1, 1]
    assert due(town, loan) == ["03-18"]
    assert len({event.causation_id for event in moved_events()}) == 3


def test_where_nothing_opens_any_more_nothing_moves(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    closure = shut(town, "2026-03-16", "2026-12-31")
    behind = shut(town, "2027-01-01", "2027-12-31")
    refused(town.librarian.post(f"closures/{closure}/move-due-dates"), 409, "no_open_day")
    assert due(town, loan) == ["03-16"]
    refused(town.librarian.post(f"closures/{behind + 1}/move-due-dates"), 404, "not_found")
    refused(town.librarian.post(f"closures/{behind + 1}/move-back"), 404, "not_found")


def test_a_closure_that_is_taken_out_leaves_what_it_moved(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    closure = shut(town, "2026-03-16", "2026-03-17")
    move(town, closure)
    done(town.librarian.delete(f"closures/{closure}"), 204)
    assert due(town, loan) == ["03-18"]


def test_stopped_half_way_and_run_again_it_moves_the_rest_as_one_act(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, whole = town.book(copies=5), due_dates.publish_many
    loans = [town.lend(town.haneul, book) for _number in range(5)]
    closure = shut(town, "2026-03-16", "2026-03-17")
    monkeypatch.setattr(due_dates, "BATCH", 2)
    for back in (False, True):
        calls: list[int] = []

        def stop(events: Any, calls: list[int] = calls) -> None:
            calls.append(1)
            if len(calls) == 2:
                raise KeyboardInterrupt
            whole(events)

        monkeypatch.setattr(due_dates, "publish_many", stop)
        service = due_dates.move_due_dates_back if back else due_dates.move_due_dates
        with pytest.raises(KeyboardInterrupt):
            service(closure, now=seoul(3, 2))
        monkeypatch.setattr(due_dates, "publish_many", whole)
        assert move(town, closure, back=back) == 3
        moved = moved_events()[-5:]
        assert sorted(event.payload["loan"] for event in moved) == sorted(loan["id"] for loan in loans)
        assert len({event.causation_id for event in moved}) == 1
    assert due(town, *loans) == ["03-16"] * 5


@pytest.mark.django_db(transaction=True)
def test_two_who_move_at_once_move_each_loan_once() -> None:
    with opening_day(Bus()) as town:
        book = town.book(copies=10)
        for _number in range(10):
            town.lend(town.haneul, book)
        closure, moved = shut(town, "2026-03-16", "2026-03-17"), list[int]()

        def run() -> None:
            moved.append(due_dates.move_due_dates(closure, now=seoul(3, 2)))
            connection.close()

        threads = [threading.Thread(target=run) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(moved) == len(moved_events()) == 10
        assert set(Loan.objects.values_list("version", flat=True)) == {2}
