"""Who sends which notice: some are claimed at once, and each is marked just before it leaves.

A worker may die anywhere: what it had claimed is tried again after the lease. What it was sending: abandoned.py.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from notices.models import Channel, Notice

BATCH = 50
LEASE = timedelta(minutes=5)
Status = Notice.Status


def claim(now: datetime) -> list[Notice]:
    """Notices that are due, which nobody else sends until the lease is over."""
    token = uuid.uuid4()
    due = Notice.objects.filter(status=Status.WAITING, retry_at__lte=now)
    ids = list(due.order_by("retry_at", "pk").values_list("pk", flat=True)[:BATCH])
    due.filter(pk__in=ids).update(claim=token, retry_at=now + LEASE)
    return list(Notice.objects.filter(claim=token, status=Status.WAITING).order_by("pk"))


def begin(notices: Sequence[Notice], channel: Channel, now: datetime) -> set[int]:
    """Marks notices that were claimed as being sent, each with a lease of its own from now on; the ids of those that
    are still ours to send."""
    ids = {notice.pk for notice in notices}
    if not ids:
        return ids
    claimed = _ours(notices)
    mine = claimed.filter(status=Status.WAITING, retry_at__gt=now)
    if mine.update(status=Status.SENDING, channel=channel, retry_at=now + LEASE) == len(ids):
        return ids
    return set(claimed.filter(status=Status.SENDING).values_list("pk", flat=True))


def release(notices: Sequence[Notice], retry_at: datetime) -> None:
    """Leaves claimed notices, none of which has left, to whoever sends next, from that time on."""
    if notices:
        left = _ours(notices).filter(status__in=(Status.WAITING, Status.SENDING))
        left.update(status=Status.WAITING, retry_at=retry_at)


def _ours(notices: Sequence[Notice]) -> QuerySet[Notice]:
    """Those of the notices that nobody else has claimed since; they may be of several claims."""
    claims = {notice.claim for notice in notices}
    return Notice.objects.filter(pk__in=[notice.pk for notice in notices], claim__in=claims)
