"""What a worker was sending that died: nobody knows whether it left. A mail of that kind is not sent again, and a
message is, since its gateway knows it by its id."""

from datetime import datetime
from typing import Any

from kernel.eventbus.publishing.outbox import publish
from kernel.storage.databases import atomic_in
from notices.events import NoticeFailed
from notices.models import Channel, Notice

Status = Notice.Status


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
