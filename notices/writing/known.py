"""What is so now of the things that a batch of notices is about: a few statements for all of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from notices.kinds import Kind
from notices.models import Cause, FineRow, HoldRow, LoanRow, Notice, SuspensionRow, Wording
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
    holds: dict[int, HoldRow] = field(default_factory=dict)
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
    patrons = {notice.patron_id for notice in notices}
    suspended = patrons if _things(every, {Kind.SUSPENSION}) else ()
    return Known(
        causes=causes,
        people=contacts(patrons),
        loans=LoanRow.objects.in_bulk(_things(every, OF_LOANS)),
        holds=HoldRow.objects.in_bulk(_things(every, {Kind.HOLD_READY})),
        fines=FineRow.objects.in_bulk(_things(every, {Kind.FINE})),
        suspensions=SuspensionRow.objects.in_bulk(suspended),
        words=own_words(),
        left_out=frozenset(timing_on(today).left_out),
    )


def _things(causes: Iterable[Cause], kinds: Collection[str]) -> list[int]:
    return [cause.thing_id for cause in causes if cause.kind in kinds]
