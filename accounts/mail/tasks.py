"""What a worker does for mails: it sends those that are due.

A mail is claimed before it is sent, so that two workers do not send it both. If the worker dies, or the mail server
takes nothing, it is due again after a pause that grows; after `MOST_ATTEMPTS` it is given up, and the doctor says so.
What can't be written as a mail is given up at once.
"""

import logging
import time
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.db.models import F
from django.utils import timezone

from accounts.mail.letters import mail_to
from accounts.models import OutgoingMail, User

TIME_LIMIT = 8.0
"""Seconds after which the task leaves the rest to the minute's schedule, well under the cluster's timeout."""
PAUSE = timedelta(minutes=1)
MOST_ATTEMPTS = 5
logger = logging.getLogger(__name__)


def send_mails(enqueued_at: float = 0) -> None:
    """Sends what is due. The schedule of each minute finds what a lost task or a dead worker left."""
    end = time.monotonic() + TIME_LIMIT
    due = OutgoingMail.objects.filter(done_at=None, retry_at__lte=timezone.now())
    for mail in due.order_by("retry_at")[:100]:
        if _is_claimed(mail, timezone.now()):
            _send(mail)
        if time.monotonic() > end:
            return


def _is_claimed(mail: OutgoingMail, now: datetime) -> bool:
    """Whether this worker may send it: nobody else has claimed it since it was read."""
    mine = OutgoingMail.objects.filter(pk=mail.pk, attempts=mail.attempts, done_at=None)
    pause = PAUSE * 2**mail.attempts
    return bool(mine.update(attempts=F("attempts") + 1, retry_at=now + pause))


def _send(mail: OutgoingMail) -> None:
    row = OutgoingMail.objects.filter(pk=mail.pk)
    person = _who_gets(mail)
    try:
        if person:
            mail_to(person, mail).send()
    except (SMTPException, OSError) as error:
        logger.warning("mail %s was not sent: %s", mail.pk, type(error).__name__)  # its words name the address
        if mail.attempts + 1 >= MOST_ATTEMPTS:
            row.update(done_at=timezone.now(), failed=True)
    except ValueError as error:  # an address that can't be written in a mail
        logger.warning("mail %s can't be sent: %s", mail.pk, type(error).__name__)
        row.update(done_at=timezone.now(), failed=True)
    else:
        row.update(done_at=timezone.now())


def _who_gets(mail: OutgoingMail) -> User | None:
    """Whose card that is; nobody where it is closed or has no address, or is no card at all."""
    try:
        person = User.objects.get_by_natural_key(mail.card_number)
    except User.DoesNotExist:
        return None
    return person if person.is_active and not person.is_program and (mail.sent_to or person.email) else None
