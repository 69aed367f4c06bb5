"""Whatever people do about holds: positions are whole, nobody is passed over but the blocked, no copy is for two, none
is ready without a copy on the hold shelf, and the pages say what is so."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from catalog.services import add_copies, withdraw_copy
from kernel.refusals import Refused
from lending.blocks.services import block_patron, lift_block
from lending.checkout.services import borrow_book
from lending.holds.pulling import pull_copy
from lending.holds.services import cancel_hold, move_hold, place_hold, resume_hold, set_pickup_day, suspend_hold
from lending.holds.sweeps.expiry import expire_holds
from lending.marks.rules import MARKS, Mark
from lending.marks.services import mark_copy
from lending.models import Block, Copy, Hold, Loan, Patron, Return
from lending.renewals.services import renew_loan
from lending.returns.services import return_book
from lending.undo.services import undo_loan, undo_return
from library.operations.drift import drift
from tests.bus import Bus
from tests.factories import Town, new_policy, seoul
from tests.lending.queueing import others
from tests.stories.history import chosen, undone_afterwards

STEPS = (
    "place", "place", "place", "place_anyway", "cancel", "pause", "go_on", "move", "telephone", "borrow", "borrow",
    "borrow_scanned", "borrow_against_a_hold", "give_back", "give_back", "give_back", "undo_back", "undo_lent", "renew",
    "mark", "mark", "pull", "block", "lift", "days_pass", "days_pass", "hear", "add", "withdraw",
)  # fmt: skip
HISTORIES = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 30), st.integers(0, 30)), min_size=15, max_size=50
)


@pytest.fixture
def bus() -> Bus:
    """The history itself chooses what is delivered when."""
    return Bus()


class Queueing:
    """What four patrons and a librarian do with one book; `a` and `b` choose who, what and when."""

    def __init__(self, town: Town, patrons: list[int], book: int) -> None:
        self.bus, self.patrons, self.book, self.now = town.bus, patrons, book, seoul(3, 2)

    def _hold(self, a: int) -> int:
        return chosen(Hold.objects.order_by("pk"), a).pk

    def _copy(self, a: int) -> Copy:
        return chosen(Copy.objects.filter(withdrawn=False).order_by("pk"), a)

    def place(self, a: int, _: int) -> None:
        place_hold(patron_id=self.patrons[a % 4], book_id=self.book, now=self.now)

    def place_anyway(self, a: int, _: int) -> None:
        anyway: dict[str, Any] = {"override": ["copy_available"], "reason": "x"}
        place_hold(patron_id=self.patrons[a % 4], book_id=self.book, **anyway, now=self.now)

    def cancel(self, a: int, _: int) -> None:
        cancel_hold(self._hold(a), now=self.now)

    def pause(self, a: int, b: int) -> None:
        until = timezone.localdate(self.now) + timedelta(days=b) if b % 2 else None
        suspend_hold(self._hold(a), until=until, now=self.now)

    def go_on(self, a: int, _: int) -> None:
        resume_hold(self._hold(a), now=self.now)

    def move(self, a: int, b: int) -> None:
        move_hold(self._hold(a), position=b % 4 + 1, now=self.now)

    def telephone(self, a: int, b: int) -> None:
        set_pickup_day(self._hold(a), pickup_by=timezone.localdate(self.now) + timedelta(days=b), now=self.now)

    def borrow(self, a: int, b: int) -> None:
        borrow_book(patron_id=self.patrons[a % 4], book_id=self.book, quantity=b % 2 + 1, now=self.now)

    def borrow_scanned(self, a: int, b: int) -> None:
        barcode = self._copy(b).barcode
        borrow_book(patron_id=self.patrons[a % 4], book_id=self.book, barcode=barcode, now=self.now)

    def borrow_against_a_hold(self, a: int, b: int) -> None:
        what: dict[str, Any] = {"patron_id": self.patrons[a % 4], "book_id": self.book}
        borrow_book(**what, barcode=self._copy(b).barcode, override=["held_for_another"], reason="x", now=self.now)

    def give_back(self, a: int, b: int) -> None:
        return_book(chosen(Loan.objects.order_by("status", "pk"), a).pk, quantity=1 if b % 2 else None, now=self.now)

    def undo_back(self, a: int, _: int) -> None:
        undo_return(chosen(Return.objects.order_by("-pk"), a % 3).pk, reason="x", now=self.now)

    def undo_lent(self, a: int, _: int) -> None:
        undo_loan(chosen(Loan.objects.order_by("-pk"), a % 3).pk, reason="x", now=self.now)

    def renew(self, a: int, _: int) -> None:
        renew_loan(chosen(Loan.objects.order_by("status", "pk"), a).pk, now=self.now)

    def mark(self, a: int, b: int) -> None:
        mark_copy(self._copy(a).pk, mark=Mark(MARKS[b % len(MARKS)]), now=self.now)

    def pull(self, a: int, _: int) -> None:
        pull_copy(chosen(Copy.objects.filter(place="to_pull").order_by("pk"), a).pk, now=self.now)

    def block(self, a: int, _: int) -> None:
        block_patron(patron_id=self.patrons[a % 4], reason="x", until=None, by_id=None, now=self.now)

    def lift(self, a: int, _: int) -> None:
        lift_block(chosen(Block.objects.order_by("pk"), a).pk, reason="x", by_id=None, now=self.now)

    def days_pass(self, a: int, _: int) -> None:
        self.now += timedelta(days=a % 5)
        expire_holds(as_of=timezone.localdate(self.now), now=self.now, progress=lambda _: None)

    def hear(self, *_: int) -> None:
        self.bus.settle()

    def add(self, *_: int) -> None:
        add_copies(self.book, count=1, now=self.now)

    def withdraw(self, a: int, _: int) -> None:
        withdraw_copy(self._copy(a).pk, now=self.now)


def waiting() -> dict[int, tuple[int, int]]:
    """The holds that wait for whom nothing bars, with their places and patrons."""
    blocked = set(Patron.objects.exclude(blocked_until=None).values_list("pk", flat=True))
    rows = Hold.objects.filter(status="waiting").exclude(patron__in=blocked).values_list("pk", "place", "patron")
    return {pk: (place, patron) for pk, place, patron in rows}


def everything_is_whole(step: str, before: dict[int, tuple[int, int]], ready_before: set[int]) -> None:
    """What holds after each step."""
    copies = Counter(Copy.objects.filter(withdrawn=False, condition="ok").values_list("place", flat=True))
    ready = dict(Hold.objects.filter(status="ready").values_list("pk", "copy"))
    there = Copy.objects.filter(place="hold_shelf", condition="ok", withdrawn=False).values_list("pk", flat=True)
    assert sorted(ready.values()) == sorted(there), step
    places = list(Hold.objects.filter(status__in=["waiting", "suspended"]).values_list("place", flat=True))
    assert len({*places}) == len(places), step
    now = waiting()
    assert copies["to_pull"] == min(len(now), copies["shelf"] + copies["to_pull"]), step
    if step not in {"undo_lent", "move"}:
        for hold in Hold.objects.filter(pk__in=ready.keys() - ready_before):
            passed_over = [pk for pk, (place, _) in before.items() if pk in now and place < hold.place]
            assert not passed_over, step
    if places or ready:
        assert not Copy.objects.filter(withdrawn=False, waited_for=False), step


@settings(max_examples=10, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
@given(history=HISTORIES)
def _queues_stay_whole(town: Town, patrons: list[int], book: int, history: list[tuple[str, int, int]]) -> None:
    with undone_afterwards():
        life, done = Queueing(town, patrons, book), Counter[str]()
        for step, a, b in history:
            before, ready = waiting(), set(Hold.objects.filter(status="ready").values_list("pk", flat=True))
            with suppress(Refused, ObjectDoesNotExist):
                getattr(life, step)(a, b)
                done[step] += 1
            everything_is_whole(step, before, ready)
        life.bus.settle()
        everything_is_whole("hear", waiting(), set(Hold.objects.values_list("pk", flat=True)))
        assert list(drift()) == []
        note(f"done: {dict(done)}")


@pytest.mark.django_db
def test_queues_stay_whole_in_any_history(town: Town) -> None:
    new_policy(loan__max_copies=20)
    book = town.book(copies=2)
    patrons = [one.id for one in others(4)]
    town.bus.settle()
    _queues_stay_whole(town, patrons, book)
