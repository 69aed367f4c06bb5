"""Announcing many holds, by SQL: the database makes the events without sending a row of the holds. Everything here
needs a transaction."""

from collections.abc import Sequence
from datetime import datetime

from kernel.eventbus.publishing.selected import SelectedRows, publish_selected
from kernel.storage.databases import connection_of
from kernel.storage.lookups import AMONG, one_parameter
from lending.events import HoldEvent

HOLDS = "lending_hold hold JOIN lending_copy copy ON copy.id = hold.copy_id WHERE hold.id {among}"
MOMENT = {"postgresql": "{column}", "sqlite": "replace({column}, ' ', 'T') || 'Z'"}
"""A moment as JSON has it; SQLite keeps it as a text in UTC."""
FACTS = {
    "hold": "hold.id",
    "version": "hold.version",
    "patron": "hold.patron_id",
    "book": "hold.book_id",
    "volume": "hold.volume",
    "title": "hold.title",
    "status": "hold.status",
    "place": "hold.place",
    "pickup_by": "hold.pickup_by",
    "copy": "hold.copy_id",
    "barcode": "copy.barcode",
}
MOMENTS = ("placed_at", "ready_since")


def announce_selected(event: type[HoldEvent], holds: Sequence[int], now: datetime) -> None:
    """Publishes an event of each of these holds, which have copies, as they are saved; none of them moved a copy."""
    if not holds:
        return
    vendor = connection_of("lending").vendor
    moments = {name: MOMENT[vendor].format(column=f"hold.{name}") for name in MOMENTS}
    rows = SelectedRows(
        rows=HOLDS.format(among=AMONG[vendor]),
        parameters=[one_parameter(holds, vendor)],
        order="hold.id",
        values={**FACTS, **moments},
    )
    publish_selected(event, rows, occurred_at=now)
