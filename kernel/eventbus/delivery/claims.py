"""Claims: a worker leases due deliveries before it attempts them, so that no other worker does.

A claim is committed before any handler runs, and counts an attempt for each of its deliveries. It expires after
`LEASE`, and then other workers take up what a dead one left.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kernel.eventbus.delivery.backoff import MAX_PAUSE
from kernel.eventbus.locks import CLAIMING, exclusive
from kernel.eventbus.models import Delivery
from kernel.eventbus.registry import handler_names, home_of
from kernel.storage.databases import is_away

BATCH = 500
LEASE = timedelta(seconds=15)
WAITING, DONE, DEAD = Delivery.Status.WAITING, Delivery.Status.DONE, Delivery.Status.DEAD


class ClaimLostError(Exception):
    """The claim expired, and another worker has taken over some of its deliveries."""


def claim_fresh(now: datetime, alias: str = DEFAULT_DB_ALIAS) -> list[Delivery]:
    """Claims up to `BATCH` deliveries that were never attempted, each key's in their order."""
    return _claim(alias, Q(attempts=0), now, BATCH, blocked_by=Q(status=DEAD) | Q(attempts__gt=0))


def claim_retry(now: datetime, alias: str = DEFAULT_DB_ALIAS) -> list[Delivery]:
    """Claims at most one delivery that was attempted before: it failed, or its worker never finished."""
    return _claim(alias, Q(attempts__gt=0), now, 1, blocked_by=Q())


def still_claimed(claimed: Sequence[Delivery]) -> QuerySet[Delivery]:
    """Those deliveries of one claim that no other worker has taken over."""
    here = Delivery.objects.using(claimed[0]._state.db)
    return here.filter(pk__in=[delivery.pk for delivery in claimed], claim=claimed[0].claim, status=WAITING)


def has_expired(delivery: Delivery, now: datetime) -> bool:
    """Whether its claim is over, so that another worker may have it by now."""
    return delivery.not_before is not None and delivery.not_before <= now


def release(delivery: Delivery) -> None:
    """Ends the claim on a delivery, which counts as not attempted."""
    still_claimed([delivery]).update(attempts=F("attempts") - 1, not_before=None, claim=None)


def remove(claimed: Sequence[Delivery]) -> None:
    """Deletes the rows: the deliveries are done. Raises `ClaimLostError` when some were taken over."""
    if still_claimed(claimed).delete()[0] < len(claimed):
        raise ClaimLostError


def mark_done(claimed: Sequence[Delivery], now: datetime) -> None:
    """Marks the rows as done, and keeps them. Raises `ClaimLostError` when some were taken over."""
    if still_claimed(claimed).update(status=DONE, done_at=now, not_before=None, error="") < len(claimed):
        raise ClaimLostError


def _claim(alias: str, which: Q, now: datetime, limit: int, blocked_by: Q) -> list[Delivery]:
    """Claims due deliveries whose earlier ones, of the same handler and key, do not block them."""
    here = Delivery.objects.using(alias)
    reached = Q(not_before=None) | Q(not_before__lte=now) | Q(not_before__gt=now + MAX_PAUSE)
    due = here.filter(which, reached, status=WAITING)
    due = due.filter(handler__in=[name for name in handler_names() if not is_away(home_of(name))])
    if not due.exists():
        return []
    earlier = Delivery.objects.filter(handler=OuterRef("handler"), key=OuterRef("key"), id__lt=OuterRef("id"))
    in_order = ~Exists(earlier.exclude(status=DONE).filter(blocked_by))
    with transaction.atomic(using=alias):
        exclusive(CLAIMING, alias)  # or a claim could overtake an earlier row that another worker is just claiming
        found = list(due.filter(in_order).order_by("id").values_list("id", flat=True)[:limit])
        claim = uuid.uuid4()
        here.filter(id__in=found).update(attempts=F("attempts") + 1, not_before=now + LEASE, claim=claim)
        return list(here.filter(id__in=found).select_related("event").order_by("id"))
