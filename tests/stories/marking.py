"""What is marked in a random history; `a`, `b` and `c` choose what and how."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from dashboard.queries import page_of
from fines.models import Fine
from lending.marks.rules import Mark
from lending.marks.services import mark_copy
from lending.marks.sweep import mark_lost
from lending.models import Copy, Loan, LoanLine

MARKS = (
    "lose", "lose", "find", "find", "claim", "claim", "find_claimed", "replace", "mark_at_home", "lose_what_is_late",
    "undo_return", "undo_return", "undo_loan",
)  # fmt: skip
LOST: tuple[dict[str, Any], ...] = ({"late.lost_after_days": 5}, {"late.as": "both", "late.lost_after_days": 12})
"""Rules by which copies count as lost."""


class Marking:
    """What a librarian marks the copies of a library as."""

    now: datetime

    def lose(self, a: int, *_: int) -> None:
        """Mostly what somebody has."""
        self._mark(Copy.objects.order_by("-place", "pk"), a, Mark.LOST)

    def find(self, a: int, *_: int) -> None:
        self._mark(Copy.objects.filter(condition__in=["lost", "missing"]), a, Mark.FOUND)

    def claim(self, a: int, *_: int) -> None:
        self._mark(Copy.objects.filter(place="loan"), a, Mark.CLAIMED_RETURNED)

    def find_claimed(self, a: int, *_: int) -> None:
        self._mark(Copy.objects.filter(condition="claimed_returned"), a, Mark.FOUND)

    def replace(self, a: int, b: int, _: int) -> None:
        lost = list(Copy.objects.filter(condition="lost").order_by("pk"))
        others = list(Copy.objects.filter(condition="ok").order_by("pk"))
        if not (lost and others):
            raise ObjectDoesNotExist
        barcode = others[b % len(others)].barcode
        mark_copy(lost[a % len(lost)].pk, mark=Mark.REPLACED, barcode=barcode, reason="새 책", now=self.now)

    def mark_at_home(self, a: int, b: int, _: int) -> None:
        wanted = (Mark.DAMAGED, Mark.MISSING, Mark.IN_REPAIR, Mark.AVAILABLE, Mark.AVAILABLE)[b % 5]
        self._mark(Copy.objects.exclude(place="loan"), a, wanted)

    def lose_what_is_late(self, *_: int) -> None:
        mark_lost(as_of=timezone.localdate(self.now), now=self.now, progress=lambda _: None)

    def _mark(self, copies: Iterable[Copy], number: int, mark: Mark) -> None:
        found = sorted(copies, key=lambda copy: (copy.place != "loan", copy.pk))
        if not found:
            raise ObjectDoesNotExist
        mark_copy(found[number % len(found)].pk, mark=mark, reason="정리", now=self.now)


def marks_agree_with_places() -> None:
    """A lost or missing copy is nowhere, one that is claimed is on a loan, and its line says since when."""
    for copy in Copy.objects.filter(withdrawn=False):
        assert (copy.place == "") == (copy.condition in {"lost", "missing"}), copy
        assert copy.condition != "claimed_returned" or copy.place == "loan", copy
        assert copy.condition == "ok" or not copy.lendable
    claimed = Copy.objects.filter(condition="claimed_returned", withdrawn=False)
    lines = LoanLine.objects.filter(ending="", claimed_on__isnull=False)
    assert {*claimed.values_list("pk", flat=True)} == {*lines.values_list("copy", flat=True)}


def fees_of_found_copies_are_of_settled_losses() -> None:
    """A late fee without a return is of a copy that its loan had lost, and there is one at most."""
    found = list(Fine.objects.filter(kind="late", return_id=None).values_list("loan_id", "copy_id"))
    assert len(found) == len(set(found))
    settled = LoanLine.objects.filter(ending="lost", settled_at__isnull=False).values_list("loan", "copy")
    assert {*found} <= {*settled}
    charged = Fine.objects.filter(kind="replacement").values_list("loan_id", "copy_id")
    assert {*charged} <= {*LoanLine.objects.filter(ending="lost").values_list("loan", "copy")}


def pages_count_as_late_what_nobody_claims(patrons: Sequence[int], now: datetime, today: date) -> None:
    """Once everything was heard of."""
    late = LoanLine.objects.filter(ending="", claimed_on=None, loan__due_on__lt=today, loan__status=Loan.Status.ACTIVE)
    counted = Counter(late.values_list("loan__patron", flat=True))
    assert {patron: page_of(patron, now)["copies_overdue"] for patron in patrons} == {
        patron: counted[patron] for patron in patrons
    }
