"""Who sends which notice: some are claimed at once, and each is marked just before it leaves.

A worker may die anywhere. What it had claimed is tried again after the lease; of what it was sending nobody knows
whether it left, so a mail of that kind is not sent again, and a message is, since its gateway knows it by its id.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from kernel.eventbus.publishing.outbox import publish
from kernel.storage.databases import atomic_in
from notices.events import NoticeFailed
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


def is_begun(notice: Notice, channel: Channel, now: datetime) -> bool:
    """Marks a claimed notice as being sent; whether it is still ours to send."""
    mine = Notice.objects.filter(pk=notice.pk, claim=notice.claim, status=Status.WAITING, retry_at__gt=now)
    return bool(mine.update(status=Status.SENDING, channel=channel))


def release(notices: list[Notice], retry_at: datetime) -> None:
    """Leaves claimed notices to whoever sends next, from that time on."""
    ids = [notice.pk for notice in notices]
    Notice.objects.filter(pk__in=ids, status=Status.WAITING, claim=notices[0].claim).update(retry_at=retry_at)


def clear_up(now: datetime) -> None:
    """Decides about what a worker was sending that died."""
    left = Notice.objects.filter(status=Status.SENDING, retry_at__lte=now)
    left.filter(channel=Channel.MESSAGE).update(status=Status.WAITING)
    for notice in left:
        with atomic_in("notices"):
            mine = Notice.objects.filter(pk=notice.pk, status=Status.SENDING, claim=notice.claim)
            if mine.update(status=Status.UNCLEAR, error="the worker died while it was sent"):
                facts: Any = {"patron": notice.patron_id, "kind": notice.kind, "channel": notice.channel}
                publish(NoticeFailed(occurred_at=now, notice=notice.pk, **facts, why="unclear"))
