"""What people do in a random history; `a`, `b` and `c` choose who, what, when and how many."""

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import Copy as CatalogCopy
from catalog.services import add_copies, withdraw_copy
from fines.models import Fine
from fines.services import adopt_fee_schedule, pay_fine, waive_fine
from kernel.eventbus.models import Delivery
from lending.blocks.services import block_patron, lift_block
from lending.calendar.due_dates import move_due_dates, move_due_dates_back
from lending.calendar.services import add_closure, add_opening, add_rule, drop_closure, drop_opening, drop_rule
from lending.checkout.services import borrow_book
from lending.deferral.decisions import cancel_loan, decide_loan, request_loan
from lending.models import Block, CalendarRule, Closure, Copy, DueDateAct, Loan, Opening, Return
from lending.overdue.services import sweep_overdue
from lending.policies.services import adopt_policy
from lending.renewals.services import renew_loan
from lending.returns.services import return_book
from lending.undo.services import undo_loan, undo_renewal, undo_return
from tests.bus import Bus, put_back
from tests.factories import Town, seoul
from tests.stories.marking import LOST, Marking

DESK = (
    "borrow", "borrow", "borrow", "borrow_the_very_copy", "ask", "decide", "call_off", "renew", "renew", "give_back",
    "give_back", "give_back", "book_drop", "days_pass", "days_pass", "days_pass", "sweep", "undo_return",
    "undo_return", "undo_loan", "undo_renewal", "undo_renewal",
)  # fmt: skip
RULES = ("adopt_rules", "adopt_rules", "adopt_fees", "other_category", "block", "lift", "lift")
STOCK_AND_MONEY = ("pay", "forgive", "add_a_copy", "withdraw_a_copy", "hear", "hear")
CALENDAR = (
    "close", "close", "reopen", "rule", "drop_rule", "hold_open", "drop_opening", "move", "move", "move_back",
)  # fmt: skip
HEARING = ("hear",) * 6
GRANTS, MOVES = {"borrow", "borrow_the_very_copy", "decide", "renew"}, {"move", "move_back", "undo_renewal"}
CATEGORIES = ("child", "adult")
LATE: tuple[dict[str, Any], ...] = (
    {"late.as": "suspension"},
    {"late.as": "both", "late.suspension": "sum", "late.suspension_factor": 2},
    {"late.as": "suspension", "late.suspension": "sum", "late.suspension_skips_closed": True},
    {"late.as": "suspension", "late.suspension_first_day": "next", "late.suspension_max_days": 5},
    {"late.as": "both", "late.counts": "open_days", "late.grace_days": 2},
    {"late.as": "suspension", "late.suspension": "sum", "late.suspension_extra_days": -3},
    {"late.as": "fine", "late.counts": "open_days"},
    {"late.as": "nothing"},
)


class History(Marking):
    """What two patrons and a librarian do with two books."""

    def __init__(self, town: Town, books: list[int]) -> None:
        self.bus, self.books, self.now = Bus(), books, seoul(3, 2)
        self.patrons, self.librarian = [town.haneul.id, town.jo.id], town.librarian.id

    def day(self, number: int) -> date:
        """So many days from today."""
        return timezone.localdate(self.now) + timedelta(days=number)

    def borrow(self, a: int, b: int, c: int) -> None:
        earlier = self.day(-b) if a % 3 == 0 else None
        wanted = {"patron_id": self.patrons[a % 2], "book_id": self.books[b % 2], "quantity": c}
        borrow_book(**wanted, now=self.now, borrowed_on=earlier)

    def borrow_the_very_copy(self, a: int, b: int, _: int) -> None:
        copy = chosen(Copy.objects.order_by("pk"), b)
        borrow_book(patron_id=self.patrons[a % 2], book_id=copy.book_id, barcode=copy.barcode, now=self.now)

    def ask(self, a: int, b: int, c: int) -> None:
        request_loan(patron_id=self.patrons[a % 2], book_id=self.books[b % 2], quantity=c, now=self.now)

    def decide(self, *_: int) -> None:
        for loan in Loan.objects.filter(status="requested").order_by("pk"):
            decide_loan(loan.pk, now=self.now)

    def call_off(self, a: int, *_: int) -> None:
        cancel_loan(chosen(Loan.objects.order_by("pk"), a).pk, now=self.now)

    def give_back(self, a: int, b: int, c: int) -> None:
        loan = chosen(Loan.objects.order_by("status", "pk"), a)
        return_book(loan.pk, quantity=c if b % 2 else None, now=self.now)

    def book_drop(self, a: int, b: int, c: int) -> None:
        return_book(chosen(Loan.objects.filter(status="active").order_by("pk"), a).pk, returned_on=self.day(-b // 3),
                    quantity=c if b % 2 else None, now=self.now)  # fmt: skip

    def renew(self, a: int, *_: int) -> None:
        renew_loan(chosen(Loan.objects.order_by("status", "pk"), a).pk, now=self.now)

    def undo_return(self, a: int, *_: int) -> None:
        undo_return(chosen(Return.objects.order_by("-pk"), a % 2).pk, reason="다른 책", now=self.now)

    def undo_loan(self, a: int, *_: int) -> None:
        undo_loan(chosen(Loan.objects.order_by("-pk"), a % 4).pk, reason="다른 책", now=self.now)

    def undo_renewal(self, a: int, *_: int) -> None:
        undo_renewal(chosen(DueDateAct.objects.order_by("-pk"), a % 4).loan_id, reason="다른 책", now=self.now)

    def adopt_rules(self, a: int, b: int, c: int) -> None:
        more = {
            "loan.days": a % 16 + 1,
            "renewal.max": c,
            "loan.max_copies": 4 + b % 8,
            "block.while_overdue": not c % 4,
        }
        given = {**LATE[b % len(LATE)], **(more if a % 2 else {}), **(LOST[c % 2] if a % 5 == 0 else {})}
        adopt_policy(given=given, valid_from=self.day(b % 3), category=("", "", *CATEGORIES)[c - 1], now=self.now)

    def adopt_fees(self, a: int, b: int, c: int) -> None:
        tiers = {1: 100 * a, 1 + c: 200 * b + 100} if a % 3 else {1: 0}
        adopt_fee_schedule(valid_from=self.day(1 + a % 9), given={"tiers": tiers}, now=self.now)

    def other_category(self, a: int, b: int, _: int) -> None:
        User.objects.filter(pk=self.patrons[a % 2]).update(category=(None, *CATEGORIES)[b % 3])

    def block(self, a: int, b: int, _: int) -> None:
        until = self.day(b // 4) if b else None
        block_patron(patron_id=self.patrons[a % 2], reason="약속", until=until, by_id=self.librarian, now=self.now)

    def lift(self, a: int, b: int, _: int) -> None:
        kinds = {"kind": "suspension"} if b % 4 else {}
        block = chosen(Block.objects.filter(**kinds, lifted_at=None).order_by("-pk"), a % 3)
        lift_block(block.pk, reason="사정", by_id=self.librarian, now=self.now)

    def pay(self, a: int, b: int, _: int) -> None:
        fine = chosen(Fine.objects.order_by("pk"), a)
        pay_fine(fine.pk, amount=100 * (b % 7 + 1), by_id=self.librarian, now=self.now)

    def forgive(self, a: int, *_: int) -> None:
        waive_fine(chosen(Fine.objects.order_by("pk"), a).pk, reason="명절", by_id=self.librarian, now=self.now)

    def add_a_copy(self, a: int, *_: int) -> None:
        add_copies(self.books[a % 2], count=1, now=self.now)

    def withdraw_a_copy(self, a: int, *_: int) -> None:
        withdraw_copy(chosen(CatalogCopy.objects.filter(withdrawn_at=None).order_by("pk"), a).pk, now=self.now)

    def days_pass(self, a: int, b: int, _: int) -> None:
        self.now += timedelta(days=a if b % 3 == 0 else a // 4)

    def sweep(self, *_: int) -> None:
        sweep_overdue(as_of=timezone.localdate(self.now), now=self.now, progress=lambda _: None)

    def hear(self, a: int, b: int, _: int) -> None:
        """Some of what waits is delivered, in any order, and some of that twice."""
        waiting = list(Delivery.objects.filter(status="waiting").order_by("pk"))
        random.Random(31 * a + b).shuffle(waiting)
        for delivery in waiting[: 1 + len(waiting) * a // 30]:
            self.bus.deliver(delivery)
            if b % 3 == 0:
                put_back(delivery)

    def close(self, a: int, b: int, c: int) -> None:
        first = self.day(a - 10)
        last, counts = first + timedelta(days=b // 2), (None, True, False, False)[c - 1]
        add_closure(first=first, last=last, reason="공사", now=self.now, by_id=self.librarian, late_days_count=counts)

    def reopen(self, a: int, *_: int) -> None:
        drop_closure(chosen(Closure.objects.order_by("pk"), a).pk, now=self.now)

    def rule(self, a: int, b: int, _: int) -> None:
        closed: dict[int, Any] = {1 + day % 7: [] if b % 2 else [2, 4] for day in range(a, a + b % 7)}
        more = {"if_holiday": ("also", "next_day", "open")[a % 3], "holidays": "KR" if a % 2 else ""}
        add_rule(valid_from=self.day(a - 15), closed=closed, now=self.now, by_id=self.librarian, **more)

    def drop_rule(self, a: int, *_: int) -> None:
        drop_rule(chosen(CalendarRule.objects.order_by("pk"), a).pk, now=self.now)

    def hold_open(self, a: int, *_: int) -> None:
        add_opening(day=self.day(a), reason="강연", now=self.now, by_id=self.librarian)

    def drop_opening(self, a: int, *_: int) -> None:
        drop_opening(chosen(Opening.objects.order_by("pk"), a).pk, now=self.now)

    def move(self, a: int, *_: int) -> None:
        move_due_dates(chosen(Closure.objects.order_by("pk"), a).pk, now=self.now)

    def move_back(self, a: int, *_: int) -> None:
        move_due_dates_back(chosen(Closure.objects.order_by("pk"), a).pk, now=self.now)


def chosen(things: Iterable[Any], number: int) -> Any:
    """One of them, whatever the number."""
    found = list(things)
    if not found:
        raise ObjectDoesNotExist
    return found[number % len(found)]


@contextmanager
def undone_afterwards() -> Iterator[None]:
    """Each history begins in the same town."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
