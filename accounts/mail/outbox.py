"""Mails that are to be sent: rows that commit with what they are about. A worker sends them."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import IntegrityError

from accounts.models import OutgoingMail
from kernel.eventbus.delivery.dispatch import enqueue
from kernel.storage.databases import after_commit_in, atomic_in

TASK = "accounts.mail.tasks.send_mails"
NO_BACKEND = "django.core.mail.backends.dummy.EmailBackend"


def mail_is_configured() -> bool:
    """Whether mails can be sent, with links that lead here."""
    return settings.EMAIL_BACKEND != NO_BACKEND and bool(settings.SITE_URL)


def queue_mail(*, kind: str, card_number: str, now: datetime, sent_to: str = "", address: str = "") -> None:
    """Has a mail sent soon, unless the same one is pending already. Without a mail server it does nothing.

    Nobody is looked up: it takes the same time for a card that nobody has.
    """
    if not mail_is_configured():
        return
    mail = OutgoingMail(kind=kind, card_number=card_number, sent_to=sent_to, address=address)
    mail.asked_at = mail.retry_at = now
    try:
        with atomic_in("accounts"):
            mail.save()
    except IntegrityError:  # pending already
        return
    after_commit_in("accounts", partial(enqueue, TASK))


def failed_mails_since(moment: datetime) -> int:
    """How many mails the mail server did not take, however often it was tried."""
    return OutgoingMail.objects.filter(failed=True, done_at__gt=moment).count()
