"""Sending notices that are due, each by its way."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.mail import get_connection
from django.utils import timezone

from notices.models import Channel, Notice
from notices.sending.claims import claim, clear_up, is_begun, release
from notices.sending.mails import send_mail
from notices.sending.messages import send_message
from notices.sending.outcomes import FIRST_PAUSE, Outcome, drop, record
from notices.writing.known import Known, known_of
from notices.writing.letters import Written, written

Counts = Counter[str]
DROPPED = "not needed any more"


def send_due(
    *, clock: Callable[[], datetime], should_stop: Callable[[], bool], progress: Callable[[int], None]
) -> Counts:
    """Sends what is due until nothing is, or until it should stop; how many there were by what became of them.

    Others may do so meanwhile: each notice is sent by one of them, and once. What nobody needs any more is dropped.
    """
    clear_up(clock())
    counts: Counts = Counter()
    while not should_stop() and (batch := claim(clock())):
        if not _send_batch(batch, clock, should_stop, counts):
            break
        progress(len(batch))
    return counts


def _send_batch(
    batch: list[Notice], clock: Callable[[], datetime], should_stop: Callable[[], bool], counts: Counts
) -> bool:
    """Sends these over one connection, and leaves the rest to others when it should stop; whether the mail server was
    there."""
    known, mails = known_of(batch, _day(clock())), get_connection()
    try:
        for at, notice in enumerate(batch):
            if should_stop():
                release(batch[at:], clock())
                return True
            if (status := _send(notice, known, mails, clock)) is None:
                release(batch[at:], clock() + FIRST_PAUSE)
                return False
            counts[status] += 1
    finally:
        mails.close()
    return True


def _send(notice: Notice, known: Known, mails: Any, clock: Callable[[], datetime]) -> str | None:
    """Sends one; what became of it, None where the mail server is away."""
    now = clock()
    text = written(notice, known, _day(now))
    if text is None:
        drop(notice)
        return DROPPED
    if text.channel == Channel.EMAIL and not _is_open(mails):
        return None
    if not is_begun(notice, text.channel, now):
        return Notice.Status.WAITING
    return record(notice, text, _leave(notice, text, mails, now), clock())


def _leave(notice: Notice, text: Written, mails: Any, now: datetime) -> Outcome:
    if text.channel == Channel.EMAIL:
        return send_mail(notice.pk, text, mails)
    if text.channel == Channel.MESSAGE:
        return send_message(notice.pk, text, now)
    return Outcome() if text.person.address else Outcome(error="there is no address of any kind", is_final=True)


def _is_open(mails: Any) -> bool:
    try:
        mails.open()
    except OSError:  # SMTPException is one
        return False
    return True


def _day(now: datetime) -> date:
    return timezone.localdate(now)
