"""What people do with money in a random history, beside what they do with books."""

from typing import Any

from accounts.models import User
from fines.models import Entry, Fine, Till
from fines.queries import balance_of, credit_of
from fines.services import (
    adopt_fee_schedule,
    buy_off_suspension,
    close_till,
    pay_account,
    pay_fine,
    pay_out,
    refund_fine,
    reopen_till,
    reverse_payment,
    waive_fine,
)
from lending.erasing.services import erase_patron
from lending.marks.rules import Mark
from lending.marks.services import mark_copy
from lending.models import Copy, Loan
from lending.returns.services import return_book
from tests.factories import Town
from tests.people import a_patron
from tests.stories.history import History, chosen

BOOKS = (
    "borrow", "borrow", "give_back", "give_back", "days_pass", "days_pass", "undo_return", "lose", "lose", "find",
    "replace",
)  # fmt: skip
MONEY = (
    "pay", "pay_some", "pay_some", "over_pay", "reverse", "reverse", "refund", "refund", "forgive", "hand_out",
    "hand_out", "buy_off", "adopt_money", "close", "reopen", "leave", "leave", "hear", "hear", "hear",
)  # fmt: skip
FEES: tuple[dict[str, Any], ...] = (
    {"kind": "per_day", "rate": 100, "per": "copy", "cap": 2_500, "buy_off_rate": 50, "lost_amount": 7_000},
    {"kind": "tiers", "tiers": {1: 300, 5: 900}, "processing_fee": 1_000, "processing_fee_refunded": True},
    {"kind": "per_day", "rate": 70, "cap_at_price": True, "lost_amount": 1_000, "buy_off_rate": 200},
    {"buy_off_rate": 100, "lost_amount": 5_000, "refund_within": "P10D", "processing_fee": 500},
)


class MoneyHistory(History):
    """What two patrons and a librarian do with books and money. Who is erased makes room for somebody else."""

    def __init__(self, town: Town, books: list[int]) -> None:
        super().__init__(town, books)
        self.town, self.erased = town, dict[int, str]()

    @property
    def till(self) -> dict[str, Any]:
        """Who takes it and when."""
        return {"by_id": self.librarian, "now": self.now}

    def lose(self, a: int, *_: int) -> None:
        mark_copy(chosen(Copy.objects.filter(place="loan").order_by("pk"), a).pk, mark=Mark.LOST, now=self.now)

    def find(self, a: int, *_: int) -> None:
        mark_copy(chosen(Copy.objects.filter(condition="lost").order_by("pk"), a).pk, mark=Mark.FOUND, now=self.now)

    def replace(self, a: int, *_: int) -> None:
        lost = chosen(Copy.objects.filter(condition="lost").order_by("pk"), a)
        other = chosen(Copy.objects.filter(book=lost.book_id, place="shelf").order_by("pk"), a)
        mark_copy(lost.pk, mark=Mark.REPLACED, barcode=other.barcode, now=self.now)

    def pay(self, a: int, b: int, _: int) -> None:
        fine = chosen(Fine.objects.order_by("pk"), a)
        pay_fine(fine.pk, amount=100 * (b % 7 + 1), method="card" if b % 2 else "cash", **self.till)

    def pay_some(self, a: int, b: int, c: int) -> None:
        pay_account(self.patrons[a % 2], amount=170 * b + c, **self.till)

    def over_pay(self, a: int, b: int, _: int) -> None:
        pay_account(self.patrons[a % 2], amount=3_000 * (b + 1), method="transfer", **self.till)

    def reverse(self, a: int, *_: int) -> None:
        reverse_payment(chosen(Entry.objects.filter(kind="payment").order_by("-pk"), a % 6).pk, reason="?", **self.till)

    def refund(self, a: int, b: int, _: int) -> None:
        fine = chosen(Fine.objects.order_by("-pk"), a % 6)
        refund_fine(fine.pk, amount=100 * b + 1 if b % 3 else 300, reason="?", **self.till)

    def forgive(self, a: int, *_: int) -> None:
        waive_fine(chosen(Fine.objects.order_by("-pk"), a % 6).pk, reason="명절", **self.till)

    def hand_out(self, a: int, b: int, _: int) -> None:
        pay_out(self.patrons[a % 2], amount=250 * (b + 1), reason="?", **self.till)

    def buy_off(self, a: int, *_: int) -> None:
        self.bus.settle()
        buy_off_suspension(self.patrons[a % 2], category="", **self.till)

    def adopt_money(self, a: int, b: int, _: int) -> None:
        adopt_fee_schedule(valid_from=self.day(b % 3), given=FEES[a % len(FEES)], now=self.now)

    def close(self, a: int, b: int, c: int) -> None:
        close_till(chosen(Till.objects.order_by("-pk"), a % 2).pk, counted=100 * b, note="?", **self.till)

    def reopen(self, a: int, *_: int) -> None:
        reopen_till(chosen(Till.objects.order_by("-pk"), a % 2).pk, reason="?", **self.till)

    def leave(self, a: int, b: int, _: int) -> None:
        """A patron is erased, mostly with everything settled before."""
        patron = self.patrons[a % 2]
        if b % 4:
            self._settle(patron)
        erase_patron(patron, reason="이사", now=self.now)
        self.erased[patron] = User.objects.get(pk=patron).name
        number = len(self.erased)
        self.patrons[a % 2] = a_patron(f"P-900{number}", f"나그네{number}호").id

    def _settle(self, patron: int) -> None:
        for loan in Loan.objects.filter(patron=patron, status="active").order_by("pk"):
            return_book(loan.pk, now=self.now)
        self.bus.settle()
        if (owed := balance_of(patron)) > 0:
            pay_account(patron, amount=owed, **self.till)
        if credit := credit_of(patron):
            pay_out(patron, amount=credit, reason="?", **self.till)
        self.bus.settle()
