"""Whatever becomes of the calendar: due dates are granted on open days, and move only where somebody moves them."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.refusals import Refused
from lending.calendar.due_dates import move_due_dates, move_due_dates_back
from lending.calendar.memory import calendar_in_force
from lending.calendar.services import add_closure, add_opening, add_rule, drop_closure, drop_opening, drop_rule
from lending.checkout.services import borrow_book
from lending.models import CalendarRule, Closure, Loan, Opening
from lending.renewals.services import renew_loan
from lending.returns.services import return_book
from library.operations.drift import drift
from tests.bus import Bus
from tests.factories import Town, seoul
from tests.stories.test_random_history import undone_afterwards

GRANTS, MOVES = {"borrow", "renew"}, {"move", "move_back"}
STEPS = (
    "borrow", "borrow", "renew", "give_back", "days_pass", "close", "close", "reopen", "rule", "drop_rule",
    "hold_open", "drop_opening", "move", "move", "move_back",
)  # fmt: skip
HISTORIES = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 30), st.integers(0, 30)), min_size=15, max_size=40
)


@pytest.fixture
def bus() -> Bus:
    """Everything is delivered at the end."""
    return Bus()


class History:
    """What a patron and a librarian do; `a` and `b` choose which and when."""

    def __init__(self, patron: int, librarian: int, book: int) -> None:
        self.patron, self.librarian, self.book, self.now = patron, librarian, book, seoul(3, 2)

    def day(self, number: int) -> date:
        """A day near the due dates."""
        return timezone.localdate(self.now) + timedelta(days=number)

    def borrow(self, a: int, b: int) -> None:
        earlier = self.day(-b) if a % 3 == 0 else None
        borrow_book(patron_id=self.patron, book_id=self.book, now=self.now, borrowed_on=earlier)

    def renew(self, a: int, b: int) -> None:
        renew_loan(_chosen(Loan.objects.order_by("pk"), a).pk, now=self.now)

    def give_back(self, a: int, b: int) -> None:
        return_book(_chosen(Loan.objects.order_by("-status", "pk"), a).pk, now=self.now)

    def days_pass(self, a: int, b: int) -> None:
        self.now += timedelta(days=a // 4)

    def close(self, a: int, b: int) -> None:
        last = self.day(a + b // 2)
        add_closure(first=self.day(a), last=last, reason="공사", now=self.now, by_id=self.librarian)

    def reopen(self, a: int, b: int) -> None:
        drop_closure(_chosen(Closure.objects.order_by("pk"), a).pk, now=self.now)

    def rule(self, a: int, b: int) -> None:
        closed: dict[int, Any] = {1 + day % 7: [] if b % 2 else [2, 4] for day in range(a, a + b % 8)}
        more = {"if_holiday": ("also", "next_day", "open")[a % 3], "holidays": "KR" if a % 2 else ""}
        add_rule(valid_from=self.day(a - 15), closed=closed, now=self.now, by_id=self.librarian, **more)

    def drop_rule(self, a: int, b: int) -> None:
        drop_rule(_chosen(CalendarRule.objects.order_by("pk"), a).pk, now=self.now)

    def hold_open(self, a: int, b: int) -> None:
        add_opening(day=self.day(a), reason="강연", now=self.now, by_id=self.librarian)

    def drop_opening(self, a: int, b: int) -> None:
        drop_opening(_chosen(Opening.objects.order_by("pk"), a).pk, now=self.now)

    def move(self, a: int, b: int) -> None:
        closure = _chosen(Closure.objects.order_by("pk"), a)
        move_due_dates(closure.pk, now=self.now)
        left = Loan.objects.filter(status="active", due_on__range=(closure.first, closure.last))
        assert all(calendar_in_force().is_open(loan.due_on) for loan in left if loan.due_on)

    def move_back(self, a: int, b: int) -> None:
        move_due_dates_back(_chosen(Closure.objects.order_by("pk"), a).pk, now=self.now)


def _chosen(things: Iterable[Any], number: int) -> Any:
    found = list(things)
    if not found:
        raise ObjectDoesNotExist
    return found[number % len(found)]


def due_dates() -> dict[int, tuple[date | None, int]]:
    """When each loan is due, and its version."""
    return {pk: (due, version) for pk, due, version in Loan.objects.values_list("pk", "due_on", "version")}


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(history=HISTORIES)
def _histories_keep_the_calendar(town: Town, book: int, history: list[tuple[str, int, int]]) -> None:
    with undone_afterwards():
        life = History(town.haneul.id, town.librarian.id, book)
        for step, a, b in history:
            before = due_dates()
            with suppress(Refused, ObjectDoesNotExist):
                getattr(life, step)(a, b)
            changed = {pk: due for pk, (due, version) in due_dates().items() if (due, version) != before.get(pk)}
            if step in GRANTS:
                assert all(due and calendar_in_force().is_open(due) for due in changed.values())
            elif step not in MOVES:
                assert all(before[pk][0] == due for pk, due in changed.items()), step
        life_goes_on(town)


def life_goes_on(town: Town) -> None:
    """Every page is as its loans are."""
    town.bus.settle()
    assert list(drift()) == []


def test_due_dates_are_granted_on_open_days_and_move_only_by_an_act(town: Town) -> None:
    _histories_keep_the_calendar(town, town.book(copies=9))
