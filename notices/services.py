"""What the clock and librarians do with notices."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from notices.events import NoticeFailed
from notices.finding.grouping import make_notices
from notices.finding.services import find_causes
from notices.models import Notice, Timing, Wording
from notices.queries import timing_on
from notices.rules import is_quiet
from notices.sending.services import send_due
from notices.writing.channels import NO_BACKEND
from notices.writing.sample import sample_of


class InThePast(Refused):
    code = "in_the_past"
    sentence = _("It can only be adopted for today or a day to come.")


class NotToSendAgain(Refused):
    code = "not_to_send_again"
    sentence = _("Only a notice that did not reach its patron is sent again.")


class NotSent(Refused):
    code = "not_sent"
    sentence = _("Only what was sent can come back.")


class NowhereToSend(Refused):
    code = "nowhere_to_send"
    sentence = _("You have no email address, or the mail server takes nothing.")


def send_notices(
    *,
    as_of: date,
    clock: Callable[[], datetime],
    should_stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda rows: None,
) -> Counter[str]:
    """Finds what patrons are to hear of on that day, and sends what is due; how many there were by what became of them.

    Nothing goes out in the quiet hours. What is stopped and run again does the rest, and nothing twice.
    """
    find_causes(as_of=as_of, now=timezone.localtime(clock()), progress=lambda rows: None)
    return send_what_is_due(clock=clock, should_stop=should_stop, progress=progress)


def send_what_is_due(
    *, clock: Callable[[], datetime], should_stop: Callable[[], bool], progress: Callable[[int], None]
) -> Counter[str]:
    """The second half of `send_notices`: groups the causes that are due, and sends."""
    now = timezone.localtime(clock())
    timing = timing_on(now.date())

    def is_now_quiet() -> bool:
        return is_quiet(timezone.localtime(clock()), timing.quiet_from, timing.quiet_until)

    if is_now_quiet():
        return Counter()
    make_notices(day=now.date(), now=now)
    return send_due(clock=clock, should_stop=lambda: should_stop() or is_now_quiet(), progress=progress)


def adopt_timing(*, valid_from: date, now: datetime, **values: Any) -> Timing:
    """When notices go out, from that day on; it replaces what was adopted for the same day. Raises `InThePast`."""
    if valid_from < timezone.localdate(now):
        raise InThePast()
    timing, _is_new = Timing.objects.update_or_create(valid_from=valid_from, defaults=values)
    return timing


@atomic_in("notices")
def send_again(notice_id: int, *, now: datetime) -> None:
    """Has a notice tried again that failed, came back or may not have left. Raises `NotToSendAgain`."""
    lost = (Notice.Status.FAILED, Notice.Status.UNCLEAR, Notice.Status.RETURNED)
    again = Notice.objects.filter(pk=notice_id, status__in=lost)
    if not again.update(status=Notice.Status.WAITING, attempts=0, retry_at=now, error="", sent_at=None):
        raise NotToSendAgain()


@atomic_in("notices")
def mark_returned(notice_id: int, *, now: datetime) -> None:
    """Notes that a notice came back as undeliverable, and announces it. Raises `NotSent`."""
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    if notice.status not in (Notice.Status.SENT, Notice.Status.PRINTED):
        raise NotSent()

    Notice.objects.filter(pk=notice_id).update(status=Notice.Status.RETURNED)

    facts: Any = {"notice": notice.pk, "patron": notice.patron_id, "kind": notice.kind, "channel": notice.channel}
    publish(NoticeFailed(occurred_at=now, **facts, why="came_back"))


def send_sample(wording_id: int, *, to: str) -> None:
    """Sends a made-up notice in these words to a librarian. Raises `NowhereToSend`."""
    if not to or settings.EMAIL_BACKEND == NO_BACKEND:
        raise NowhereToSend()
    subject, body, message = sample_of(Wording.objects.get(pk=wording_id))
    try:
        EmailMessage(subject, f"{body}\n\n{message}\n", to=[to]).send()
    except OSError as error:
        raise NowhereToSend() from error
