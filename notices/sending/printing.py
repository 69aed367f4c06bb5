"""Printing the letters of those who can't be reached otherwise."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish_many
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from notices.events import NoticeSent
from notices.models import Cause, Channel, Notice
from notices.sending.paper import Letter, labels, letters
from notices.writing.known import known_of
from notices.writing.letters import Written, library_name, written

Status = Notice.Status
ON_PAPER = (Status.TO_PRINT, Status.PRINTED)


class NothingToPrint(Refused):
    code = "nothing_to_print"
    sentence = _("None of these is a letter that is still needed.")


@atomic_in("notices")
def print_letters(ids: Sequence[int], *, now: datetime) -> bytes:
    """The letters as one PDF, in words of today; they are printed by that, and announced, where they were not before.

    What is not needed any more is dropped; who can be reached otherwise by now is. Raises `NothingToPrint`.
    """
    texts = _texts(ids, now)
    if not texts:
        raise NothingToPrint()

    new = [notice for notice, _text in texts if notice.status == Status.TO_PRINT]
    for notice, text in texts:
        changes: dict[str, Any] = {"kind": text.kind, "title": text.title, "body": text.body}
        Notice.objects.filter(pk=notice.pk).update(**changes, status=Status.PRINTED, sent_at=notice.sent_at or now)

    publish_many(
        NoticeSent(occurred_at=now, notice=one.pk, patron=one.patron_id, kind=one.kind, channel=one.channel)
        for one in new
    )
    return letters([_letter(text) for _notice, text in texts], timezone.localdate(now))


def print_labels(ids: Sequence[int], *, first: int = 1, now: datetime) -> bytes:
    """The addresses of these letters, on sheets of labels from that place on. Raises `NothingToPrint`."""
    notices = Notice.objects.filter(pk__in=ids, channel=Channel.LETTER, status__in=ON_PAPER).order_by("pk")
    known = known_of(list(notices), timezone.localdate(now))
    texts = [written(notice, known, timezone.localdate(now)) for notice in notices]
    addresses = [_letter(text) for text in texts if text and text.channel == Channel.LETTER]
    if not addresses:
        raise NothingToPrint()
    return labels(addresses, first)


def _texts(ids: Sequence[int], now: datetime) -> list[tuple[Notice, Written]]:
    """The letters that are still needed, and their words; the others go another way, or none."""
    rows = Notice.objects.select_for_update().filter(pk__in=ids, channel=Channel.LETTER, status__in=ON_PAPER)
    notices = list(rows.order_by("pk"))
    today = timezone.localdate(now)
    known, texts = known_of(notices, today), []
    for notice in notices:
        text = written(notice, known, today)
        if text is None:
            _drop(notice)
        elif text.channel == Channel.LETTER:
            texts.append((notice, text))
        else:
            Notice.objects.filter(pk=notice.pk, status=Status.TO_PRINT).update(status=Status.WAITING, retry_at=now)
    return texts


def _drop(notice: Notice) -> None:
    if notice.status == Status.TO_PRINT:
        Cause.objects.filter(notice=notice.pk).update(state=Cause.State.DROPPED, notice=None)
        notice.delete()


def _letter(text: Written) -> Letter:
    person = text.person
    return Letter(
        library=library_name(person.language),
        name=" ".join(person.name.split()),
        address=person.address,
        postal_code=person.postal_code,
        language=person.language,
        title=text.title,
        body=text.body,
    )
