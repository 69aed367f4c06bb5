"""What became of a notice, and what follows from it."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kernel.eventbus.publishing.outbox import publish
from kernel.storage.databases import atomic_in
from notices.events import NoticeFailed, NoticeSent
from notices.models import Cause, Channel, Notice
from notices.writing.letters import Written

FIRST_PAUSE = timedelta(minutes=1)
MOST_ATTEMPTS = 6
"""The last one comes about half an hour behind the first."""
Status = Notice.Status


class Outcome(NamedTuple):
    """How a try ended: without an error, or with one that another try may or may not (`is_final`) cure."""

    error: str = ""
    is_final: bool = False


@atomic_in("notices")
def record(notice: Notice, text: Written, outcome: Outcome, now: datetime) -> Notice.Status:
    """Keeps what was sent, and announces what became of it; one that failed is tried again after a growing pause."""
    attempts, status = notice.attempts + 1, Status.SENT
    if text.channel == Channel.LETTER:
        status = Status.TO_PRINT
    if outcome.error:
        is_last = outcome.is_final or attempts >= MOST_ATTEMPTS
        status = Status.FAILED if is_last else Status.WAITING
    changes = {
        "kind": text.kind,
        "channel": text.channel,
        "title": text.title,
        "body": text.body,
        "attempts": attempts,
        "error": outcome.error[:200],
        "sent_at": now if status == Status.SENT else None,
        "retry_at": now + FIRST_PAUSE * 2 ** (attempts - 1),
    }
    mine = Notice.objects.filter(pk=notice.pk, claim=notice.claim, status=Status.SENDING)
    if not mine.update(status=status, **changes):
        return Status(notice.status)
    facts: Any = {"notice": notice.pk, "patron": notice.patron_id, "kind": text.kind, "channel": text.channel}
    if status == Status.SENT:
        publish(NoticeSent(occurred_at=now, **facts))
    if status == Status.FAILED:
        publish(NoticeFailed(occurred_at=now, **facts, why="refused" if outcome.is_final else "not_taken"))
    return status


@atomic_in("notices")
def drop(notice: Notice) -> None:
    """Nothing of it is needed any more, or nobody is there to read it: it is as if it had not been made."""
    mine = Notice.objects.filter(pk=notice.pk, claim=notice.claim, status=Status.WAITING)
    if mine.exists():
        Cause.objects.filter(notice=notice.pk).update(state=Cause.State.DROPPED, notice=None)
        mine.delete()
