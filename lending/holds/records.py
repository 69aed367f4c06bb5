"""Holds as the patrons' pages should show them."""

from collections.abc import Iterator
from typing import Any

from lending.models import Hold


def holds_on_record() -> Iterator[dict[str, Any]]:
    """Every hold, in the order of their ids."""
    times = ("placed_at", "suspended_until", "ready_since", "pickup_by")
    columns = ("patron_id", "book_id", "copy_id", "volume", "title", "status", "place", *times, "version")
    yield from Hold.objects.order_by("pk").values("pk", *columns).iterator(chunk_size=2_000)
