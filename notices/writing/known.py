"""What is so now of the things that a batch of notices is about: a few statements for all of them."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from notices.kinds import Kind
from notices.models import Cause, ClaimedRow, FineRow, LoanRow, Notice, SuspensionRow, Wording
from notices.people import Contact, contacts
from notices.queries import timing_on
from notices.writing.words import own_words

OF_LOANS = {Kind.DUE_SOON, Kind.OVERDUE}


@dataclass(frozen=True, kw_only=True)
class Known:
    """Rows by their ids, as they are at this moment."""

    causes: dict[int, list[Cause]] = field(default_factory=dict)
    people: dict[int, Contact] = field(default_factory=dict)
    loans: dict[int, LoanRow] = field(default_factory=dict)
    claimed: Counter[int] = field(default_factory=Counter)
    fines: dict[int, FineRow] = field(default_factory=dict)
    suspensions: dict[int, SuspensionRow] = field(default_factory=dict)
    words: dict[tuple[str, str], Wording] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()


def known_of(notices: Collection[Notice], today: date) -> Known:
    """All that is needed to write these notices on that day."""
    causes: dict[int, list[Cause]] = {notice.pk: [] for notice in notices}
    for cause in Cause.objects.filter(notice__in=causes).order_by("pk"):
        causes[cause.notice_id or 0].append(cause)
    every = [cause for own in causes.values() for cause in own]
    loans = _things(every, OF_LOANS)
    patrons = {notice.patron_id for notice in notices}
    suspended = patrons if _things(every, {Kind.SUSPENSION}) else ()
    return Known(
        causes=causes,
        people=contacts(patrons),
        loans=LoanRow.objects.in_bulk(loans),
        claimed=_claimed(loans),
        fines=FineRow.objects.in_bulk(_things(every, {Kind.FINE})),
        suspensions=SuspensionRow.objects.in_bulk(suspended),
        words=own_words(),
        left_out=frozenset(timing_on(today).left_out),
    )


def _things(causes: Iterable[Cause], kinds: Collection[str]) -> list[int]:
    return [cause.thing_id for cause in causes if cause.kind in kinds]


def _claimed(loans: Collection[int]) -> Counter[int]:
    rows: Any = ClaimedRow.objects.filter(loan_id__in=loans, is_claimed=True).values_list("loan_id", flat=True)
    return Counter(rows if loans else ())
