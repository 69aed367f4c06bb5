"""The lists about holds: what stands on the hold shelf, what to clear from it, what to pull from the shelves, and what
was not collected."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.queries import shelf_places_of
from desk.lists.listed import Link, List, Row
from kernel.storage.databases import is_out_of_reach
from lending.counts import NOT_COLLECTED_FOR
from lending.holds.queries import copies_to_clear, copies_to_pull, holds_that_ended, ready_holds


def _on_hold_shelf(now: datetime, most: int) -> Iterator[Row]:
    for hold in ready_holds().prefetch_related("patron")[:most]:
        since = timezone.localdate(hold.ready_since) if hold.ready_since else ""
        yield (hold.pickup_by or "", *_copy(hold), *_holder(hold), since)


def _to_clear(now: datetime, most: int) -> Iterator[Row]:
    for hold in copies_to_clear(now - NOT_COLLECTED_FOR)[:most]:
        yield (hold.title, hold.barcode, hold.get_status_display(), timezone.localdate(hold.ended_at))


def _to_pull(now: datetime, most: int) -> Iterator[Row]:
    copies = list(copies_to_pull()[:most])
    places = _places({copy.pk for copy in copies})
    for copy in sorted(copies, key=lambda copy: places.get(copy.pk, ("", "", ""))):
        _key, room, label = places.get(copy.pk, ("", "", ""))
        yield label, room, copy.book.title, copy.volume, copy.barcode


def _not_collected(now: datetime, most: int) -> Iterator[Row]:
    for hold in holds_that_ended(now - NOT_COLLECTED_FOR).filter(status="expired").prefetch_related("patron")[:most]:
        yield (hold.pickup_by or "", *_copy(hold), *_holder(hold))


def _copy(hold: Any) -> Row:
    return hold.title, hold.copy.barcode if hold.copy else ""


def _holder(hold: Any) -> Row:
    person = hold.patron
    if person is None:  # erased since
        return "", ""
    return Link(person.name, "desk_patron", person.pk, "accounts.view_user"), person.card_number


def _places(copies: set[int]) -> Mapping[int, tuple[str, str, str]]:
    """Where the copies stand, as the catalogue has it; nothing while that is away: the list goes without."""
    try:
        return shelf_places_of(copies)
    except DatabaseError as error:
        if not is_out_of_reach(error):
            raise
        return {}


COPY, HOLDER = (_("title"), _("barcode")), (_("name"), _("card number"))
LISTS: Mapping[str, List] = {
    "shelf": List(
        _("On the hold shelf"),
        "lending.view_hold",
        (_("to be collected by"), *COPY, *HOLDER, _("ready since")),
        _on_hold_shelf,
        _("Nothing stands on the hold shelf."),
    ),
    "clear": List(
        _("To clear from the hold shelf"),
        "lending.view_hold",
        (*COPY, _("status"), _("ended at")),
        _to_clear,
        _("Nothing is to be cleared from the hold shelf."),
    ),
    "pull": List(
        _("To pull from the shelves"),
        "lending.view_hold",
        (_("call number"), _("room"), _("title"), _("volume"), _("barcode")),
        _to_pull,
        _("Nothing is to be pulled from the shelves."),
    ),
    "expired": List(
        _("Not collected in time"),
        "lending.view_hold",
        (_("to be collected by"), *COPY, *HOLDER),
        _not_collected,
        _("Nothing was left uncollected in the last 30 days."),
    ),
}
