"""A patron's holds as the site shows them to the patron."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from lending.holds.queries import on_day
from lending.holds.waits.expecting import coming_of, copies_coming, expected_days, open_holds_with_guesses
from lending.holds.waits.guessing import Coming
from lending.models import Hold
from lending.stock.whereabouts import CopyNow


@dataclass(kw_only=True)
class OwnHold:
    """An open hold, or what the patron's page has heard of one (`is_only_heard_of`), which nothing can be done with.

    `position` is there while it is in the queue, `expected_on` a guess of the day on which it is ready. `notes` are the
    messages about it.
    """

    id: int
    title: str
    book_id: int
    volume: str
    status: str
    position: int | None
    suspended_until: date | None
    pickup_by: date | None
    expected_on: date | None = None
    is_only_heard_of: bool = False
    notes: list[Any] = field(default_factory=list)

    @property
    def subject(self) -> str:
        """What messages about it, and its row, are marked with."""
        return subject_of_hold(self.id)

    @property
    def level(self) -> str:
        """How the pages colour it."""
        return {"ready": "good", "suspended": "warn"}.get(self.status, "")


def subject_of_hold(hold_id: int) -> str:
    """What messages about a hold, and its row, are marked with."""
    return f"hold-{hold_id}"


def own_holds(patron_id: int, now: datetime) -> list[OwnHold]:
    """A patron's open holds, what is ready first, in two statements."""
    holds = list(open_holds_with_guesses(patron_id, now))
    coming = copies_coming({hold.book_id for hold in holds}) if holds else {}
    return _shown(holds, coming, timezone.localdate(now))


def own_holds_on(book_id: int, copies: Iterable[CopyNow], patron_id: int, now: datetime) -> list[OwnHold]:
    """Those on one book, where its copies are known; one statement."""
    holds = list(open_holds_with_guesses(patron_id, now).filter(book=book_id))
    return _shown(holds, {book_id: coming_of(copies)}, timezone.localdate(now))


def as_heard_of(hold: Mapping[str, Any]) -> OwnHold:
    """A hold as the patron's page has heard of it, to be shown while lending is away."""
    same = ("id", "title", "volume", "status", "position", "suspended_until", "pickup_by")
    return OwnHold(**{name: hold[name] for name in same}, book_id=hold["book"], is_only_heard_of=True)


def _shown(holds: Iterable[Hold], coming: Mapping[int, Collection[Coming]], today: date) -> list[OwnHold]:
    found = on_day(holds, today)
    expected = expected_days(found, coming, today)
    return sorted((_own_hold(hold, expected.get(hold.pk)) for hold in found), key=lambda hold: hold.status != "ready")


def _own_hold(hold: Any, expected_on: date | None) -> OwnHold:
    return OwnHold(
        id=hold.pk,
        title=hold.title,
        book_id=hold.book_id,
        volume=hold.volume,
        status=str(hold.status),
        position=hold.at,
        suspended_until=hold.suspended_until,
        pickup_by=hold.pickup_by,
        expected_on=expected_on,
    )
