"""A patron's holds on the page: from events alone, with places counted at reading."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.models import HoldRow
from dashboard.queries import page_of
from kernel.eventbus.publishing.outbox import publish
from kernel.storage.databases import atomic_in
from lending.events import (
    HoldCancelled,
    HoldCollected,
    HoldExpired,
    HoldMoved,
    HoldPlaced,
    HoldReady,
    HoldResumed,
    HoldSuspended,
)
from lending.models import Copy, Hold
from tests.bus import ORDERS, Bus
from tests.dashboard.test_rebuilding import check, faults, rebuild
from tests.factories import Town


@pytest.fixture(params=ORDERS)
def bus(request: pytest.FixtureRequest) -> Bus:
    """Events come in every order."""
    return Bus(request.param)


@atomic_in("lending")
def becomes(hold: Hold, event: Callable[..., Any], more: dict[str, Any] | None = None, **changes: Any) -> None:
    """Something happens to a hold, and is announced as lending announces it."""
    for name, value in changes.items():
        setattr(hold, name, value)
    hold.version += 1
    hold.save()
    publish(event(**hold.facts(timezone.now()), **(more or {})))


def placed(patron: int, book: int, place: int, volume: str = "") -> Hold:
    """A new hold."""
    now = timezone.now()
    hold = Hold(patron_id=patron, book_id=book, volume=volume, title="토지", place=place, placed_at=now)
    becomes(hold, HoldPlaced)
    return hold


def positions(town: Town) -> list[tuple[str, int | None]]:
    """The status and place of each of the patron's holds."""
    return [(hold["status"], hold["position"]) for hold in town.page(town.haneul)["holds"]]


def test_every_field_of_a_hold(town: Town) -> None:
    book = town.book(title="토지")
    own = placed(town.haneul.id, book, 10)
    town.bus.settle()
    shown = {
        "id": own.pk,
        "patron": town.haneul.id,
        "book": book,
        "volume": "",
        "title": "토지",
        "status": "waiting",
        "position": 1,
        "placed_at": "2026-03-02T10:00:00+09:00",
        "suspended_until": None,
        "ready_since": None,
        "pickup_by": None,
        "copy": None,
    }
    assert town.page(town.haneul)["holds"] == [shown]
    copy, today = Copy.objects.get(book=book), timezone.localdate()
    becomes(own, HoldReady, status="ready", copy=copy, ready_since=timezone.now(), pickup_by=today + timedelta(days=3))
    town.bus.settle()
    shown |= {"status": "ready", "position": None, "copy": {"id": copy.pk, "barcode": copy.barcode}}
    shown |= {"ready_since": "2026-03-02T10:00:00+09:00", "pickup_by": "2026-03-05"}
    assert town.page(town.haneul)["holds"] == [shown]
    assert town.page(town.jo)["holds"] == []


def test_a_place_follows_what_happens_to_others(town: Town) -> None:
    book = town.book(title="토지")
    others = [placed(patron, book, place) for place, patron in enumerate(range(501, 505), start=1)]
    own = placed(town.haneul.id, book, 10, volume="1")
    placed(601, book, 5, volume="2")
    placed(602, book, 11)
    town.bus.settle()
    assert positions(town) == [("waiting", 5)]

    becomes(others[0], HoldCollected, {"loan": 1}, status="collected", ended_at=timezone.now())
    becomes(others[1], HoldSuspended, status="suspended", suspended_until=timezone.localdate())
    cancelled = {"status": "cancelled", "cancel_reason": "by_patron", "ended_at": timezone.now()}
    becomes(others[2], HoldCancelled, {"reason": "by_patron"}, **cancelled)
    becomes(others[3], HoldMoved, place=20)
    before = placed(505, book, 3)
    stands = {"copy": Copy.objects.get(book=book), "ready_since": timezone.now(), "pickup_by": timezone.localdate()}
    becomes(before, HoldReady, status="ready", **stands)
    town.bus.settle()
    assert positions(town) == [("waiting", 2)]

    becomes(others[1], HoldResumed, status="waiting", suspended_until=None)
    becomes(own, HoldMoved, place=0)
    town.bus.settle()
    assert positions(town) == [("waiting", 1)]
    becomes(own, HoldSuspended, status="suspended")
    town.bus.settle()
    assert positions(town) == [("suspended", 1)]
    becomes(own, HoldExpired, status="expired", ended_at=timezone.now())
    town.bus.settle()
    assert positions(town) == []


def test_pages_of_holds_are_compared_and_rebuilt(town: Town) -> None:
    book = town.book(title="토지")
    placed(town.jo.id, book, 1)
    own = placed(town.haneul.id, book, 2)
    town.bus.settle()
    assert check()
    before = town.page(town.haneul)["holds"]
    HoldRow.objects.filter(pk=own.pk).update(status="cancelled", version=0)
    (line,) = faults()
    assert line.startswith(f"hold {own.pk}: ")
    HoldRow.objects.all().delete()
    rebuild()
    assert check()
    assert town.page(town.haneul)["holds"] == before


def test_a_page_asks_no_more_for_more_holds(town: Town) -> None:
    for book in [town.book() for _ in range(4)]:
        placed(town.jo.id, book, 1)
        placed(town.haneul.id, book, 2)
    town.bus.settle()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = page_of(town.haneul.id, timezone.localtime())
    assert [hold["position"] for hold in page["holds"]] == [2, 2, 2, 2]
    assert len(asked) == 3
