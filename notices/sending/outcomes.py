"""What became of a notice, and what follows from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kernel.eventbus.publishing.outbox import publish_many
from kernel.storage.databases import atomic_in
from notices.events import NoticeEvent, NoticeFailed, NoticeSent
from notices.models import Cause, Channel, Notice
from notices.writing.letters import Written

FIRST_PAUSE = timedelta(minutes=1)
MOST_ATTEMPTS = 6
"""The last one comes about half an hour behind the first."""
Status = Notice.Status


class Outcome(NamedTuple):
    """How a try ended: without an error, or with one that another try may or may not (`is_final`) cure. It may say
    (`is_away`) that others would fare no better now, and for how long (`pause`) nobody is to ask again."""

    error: str = ""
    is_final: bool = False
    is_away: bool = False
    pause: timedelta = timedelta()


class Sent(NamedTuple):
    """A notice that was tried to be sent, in which words, and how that ended."""

    notice: Notice
    text: Written
    outcome: Outcome


@atomic_in("notices")
def record(sent: Sequence[Sent], now: datetime) -> list[Notice.Status]:
    """Keeps what was sent, and announces what became of it; what failed is tried again after a growing pause."""
    kept = [(one, _kept(one, now)) for one in sent]
    publish_many(_announced(one, status, now) for one, status in kept if status in (Status.SENT, Status.FAILED))
    return [status or Status(one.notice.status) for one, status in kept]


def _kept(sent: Sent, now: datetime) -> Notice.Status | None:
    """What became of it; None where it is somebody else's by now."""
    notice, text, outcome = sent
    attempts, status = notice.attempts + 1, _status_of(sent)
    changes = {
        "kind": text.kind,
        "channel": text.channel,
        "title": text.title,
        "body": text.body,
        "attempts": attempts,
        "error": outcome.error[:200],
        "sent_at": now if status == Status.SENT else None,
        "retry_at": now + max(FIRST_PAUSE * 2 ** (attempts - 1), outcome.pause),
    }
    mine = Notice.objects.filter(pk=notice.pk, claim=notice.claim, status=Status.SENDING)
    return status if mine.update(status=status, **changes) else None


def _status_of(sent: Sent) -> Notice.Status:
    if sent.outcome.error:
        is_last = sent.outcome.is_final or sent.notice.attempts + 1 >= MOST_ATTEMPTS
        return Status.FAILED if is_last else Status.WAITING
    return Status.TO_PRINT if sent.text.channel == Channel.LETTER else Status.SENT


def _announced(sent: Sent, status: Notice.Status | None, now: datetime) -> NoticeEvent:
    notice, text, outcome = sent
    facts: Any = {"notice": notice.pk, "patron": notice.patron_id, "kind": text.kind, "channel": text.channel}
    if status == Status.SENT:
        return NoticeSent(occurred_at=now, **facts)
    return NoticeFailed(occurred_at=now, **facts, why="refused" if outcome.is_final else "not_taken")


@atomic_in("notices")
def drop(notice: Notice) -> None:
    """Nothing of it is needed any more, or nobody is there to read it: it is as if it had not been made."""
    mine = Notice.objects.filter(pk=notice.pk, claim=notice.claim, status=Status.WAITING)
    if mine.exists():
        Cause.objects.filter(notice=notice.pk).update(state=Cause.State.DROPPED, notice=None)
        mine.delete()
