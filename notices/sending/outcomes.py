"""What became of a notice, and what follows from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kernel.eventbus.publishing.outbox import publish_many
from kernel.storage.databases import atomic_in, connection_of
from notices.events import NoticeEvent, NoticeFailed, NoticeSent
from notices.models import Cause, Channel, Notice
from notices.writing.letters import Written

FIRST_PAUSE = timedelta(minutes=1)
MOST_ATTEMPTS = 6
"""The last one comes about half an hour behind the first."""
Status = Notice.Status
COLUMNS = ("status", "kind", "channel", "title", "body", "attempts", "error", "sent_at", "retry_at")
KEEP = f"UPDATE notices_notice SET {', '.join(f'{name} = %s' for name in COLUMNS)} WHERE id = %s"  # noqa: S608


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
    """Keeps what was sent, and announces what became of it; what failed is tried again after a growing pause. What is
    somebody else's by now stays as it is."""
    ids, claims = [one.notice.pk for one in sent], {one.notice.claim for one in sent}
    claimed = Notice.objects.filter(pk__in=ids, claim__in=claims, status=Status.SENDING).order_by("pk")
    ours = set(claimed.select_for_update().values_list("pk", flat=True))
    became = {one.notice.pk: _status_of(one) for one in sent if one.notice.pk in ours}
    kept = [one for one in sent if one.notice.pk in became]
    with connection_of("notices").cursor() as cursor:
        cursor.executemany(KEEP, [_kept(one, became[one.notice.pk], now) for one in kept])
    heard = [one for one in kept if became[one.notice.pk] in (Status.SENT, Status.FAILED)]
    publish_many(_announced(one, became[one.notice.pk], now) for one in heard)
    return [became.get(one.notice.pk, Status(one.notice.status)) for one in sent]


def _kept(sent: Sent, status: Notice.Status, now: datetime) -> list[Any]:
    """The values of `KEEP`."""
    notice, text, outcome = sent
    attempts, as_stored = notice.attempts + 1, connection_of("notices").ops.adapt_datetimefield_value
    again = now + max(FIRST_PAUSE * 2 ** (attempts - 1), outcome.pause)
    moments = as_stored(now) if status == Status.SENT else None, as_stored(again)
    words = text.kind, text.channel.value, text.title, text.body
    return [status.value, *words, attempts, outcome.error[:200], *moments, notice.pk]


def _status_of(sent: Sent) -> Notice.Status:
    if sent.outcome.error:
        is_last = sent.outcome.is_final or sent.notice.attempts + 1 >= MOST_ATTEMPTS
        return Status.FAILED if is_last else Status.WAITING
    return Status.TO_PRINT if sent.text.channel == Channel.LETTER else Status.SENT


def _announced(sent: Sent, status: Notice.Status, now: datetime) -> NoticeEvent:
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
