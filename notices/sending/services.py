"""Sending notices that are due, each by its way."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.mail import get_connection
from django.utils import timezone

from notices.models import Channel, Notice
from notices.sending.abandoned import clear_up
from notices.sending.claims import begin, claim, release
from notices.sending.gateway import Gateway, gateway
from notices.sending.mails import send_mail
from notices.sending.outcomes import FIRST_PAUSE, Outcome, Sent, drop, record
from notices.writing.known import known_of
from notices.writing.letters import Written, written

Counts = Counter[str]
DROPPED = "not needed any more"


def send_due(
    *, clock: Callable[[], datetime], should_stop: Callable[[], bool], progress: Callable[[int], None]
) -> Counts:
    """Sends what is due until nothing is, or until it should stop; how many there were by what became of them.

    Others may do so meanwhile: each notice is sent by one of them, and once. What nobody needs any more is dropped.
    What the mail server or the gateway does not take now is left for later, and the rest goes out all the same.
    """
    clear_up(clock())
    counts: Counts = Counter()
    with gateway(clock, should_stop, counts.update) as messages:
        while not should_stop() and (batch := claim(clock())):
            before = counts.total()
            _send_batch(batch, messages, clock, should_stop, counts)
            progress(counts.total() - before)
            if counts.total() == before and messages.is_idle:
                break
        before = counts.total()
        messages.finish()
        progress(counts.total() - before)
    return counts


def _send_batch(
    batch: list[Notice],
    messages: Gateway,
    clock: Callable[[], datetime],
    should_stop: Callable[[], bool],
    counts: Counts,
) -> None:
    """Sends these, mails over one connection, and leaves the rest to others when it should stop."""
    known, mails, unsent = known_of(batch, _day(clock())), get_connection(), list[Notice]()
    try:
        for at, notice in enumerate(batch):
            if should_stop():
                release(batch[at:], clock())
                break
            text = written(notice, known, _day(clock()))
            if text is None:
                drop(notice)
                counts[DROPPED] += 1
            elif text.channel == Channel.MESSAGE:
                messages.take(notice, text)
            elif text.channel == Channel.EMAIL and (unsent or not _is_open(mails)):
                unsent.append(notice)
            else:
                counts.update(_send(notice, text, mails, clock))
        release(unsent, clock() + FIRST_PAUSE)
    finally:
        mails.close()


def _send(notice: Notice, text: Written, mails: Any, clock: Callable[[], datetime]) -> list[Notice.Status]:
    """Sends a mail, or has a letter printed; what became of it."""
    if not begin([notice], text.channel, clock()):
        return [Notice.Status.WAITING]
    if text.channel == Channel.EMAIL:
        outcome = send_mail(notice.pk, text, mails)
    else:
        outcome = Outcome() if text.person.address else Outcome(error="there is no address of any kind", is_final=True)
    return record([Sent(notice, text, outcome)], clock())


def _is_open(mails: Any) -> bool:
    try:
        mails.open()
    except OSError:  # SMTPException is one
        return False
    return True


def _day(now: datetime) -> date:
    return timezone.localdate(now)
