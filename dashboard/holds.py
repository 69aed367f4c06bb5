"""The holds on a patron's page. A position is counted here: nobody announces that somebody else's place changed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import CharField, Count, ExpressionWrapper, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from dashboard.models import OPEN_HOLD, HoldRow

IN_QUEUE = Q(status__in=["waiting", "suspended"])
FACTS = ("volume", "title", "status", "place", "placed_at", "suspended_until", "ready_since", "pickup_by", "version")


def hold_row(event: Any) -> HoldRow:
    """The row that an event about a hold, which tells all of it, comes to."""
    ids = {"hold_id": event.hold, "patron_id": event.patron, "book_id": event.book, "copy_id": event.copy}
    return HoldRow(**ids, barcode=event.barcode, **{name: getattr(event, name) for name in FACTS})


def holds_on_page(patron_id: int, today: date) -> list[dict[str, Any]]:
    """A patron's open holds in the order in which they were placed, in one statement."""
    named = HoldRow.objects.annotate(wanted=ExpressionWrapper(OuterRef("volume"), CharField()))
    sharing = Q(wanted="") | Q(volume="") | Q(volume=F("wanted"))
    queue = named.filter(IN_QUEUE, sharing, book_id=OuterRef("book_id"))
    sooner = queue.filter(place__lt=OuterRef("place")).order_by().values("book_id")
    before = sooner.annotate(n=Count("pk")).values("n")
    own = HoldRow.objects.filter(OPEN_HOLD, patron_id=patron_id).order_by("hold_id")
    return [_hold(row, today) for row in own.annotate(before=Coalesce(Subquery(before, IntegerField()), 0))]


def holds_shown() -> Iterator[dict[str, Any]]:
    """Every hold row, in the order of the holds' ids."""
    columns = ("pk", "patron_id", "book_id", "copy_id", *FACTS)
    yield from HoldRow.objects.order_by("pk").values(*columns).iterator(chunk_size=2_000)


def _hold(row: Any, today: date) -> dict[str, Any]:
    is_over = row.status == "suspended" and row.suspended_until is not None and row.suspended_until < today
    return {
        "id": row.hold_id,
        "patron": row.patron_id,
        "book": row.book_id,
        "volume": row.volume,
        "title": row.title,
        "status": "waiting" if is_over else row.status,
        "position": None if row.status == "ready" else row.before + 1,
        "placed_at": timezone.localtime(row.placed_at),
        "suspended_until": None if is_over else row.suspended_until,
        "ready_since": timezone.localtime(row.ready_since) if row.ready_since else None,
        "pickup_by": row.pickup_by,
        "copy": {"id": row.copy_id, "barcode": row.barcode} if row.copy_id else None,
    }
