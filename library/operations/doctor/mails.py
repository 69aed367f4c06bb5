"""Whether mails are sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.checks import CheckMessage, Error, Warning

from accounts.mail.outbox import failed_mails_since, mail_is_configured
from kernel.command_line import counted

LATELY = timedelta(days=1)


def mails_are_sent(now: datetime) -> Iterator[CheckMessage]:
    """There is a mail server, links in mails lead here, and it takes what it is given."""
    if not mail_is_configured():
        yield Warning(
            "No mail is sent: who forgot a password has to come to the desk.",
            hint="Set EMAIL_URL, DEFAULT_FROM_EMAIL and SITE_URL: docs/operations.md.",
        )
    elif count := failed_mails_since(now - LATELY):
        yield Error(
            f"{counted(count, 'mail of the last day was', 'mails of the last day were')} given up by the mail server.",
            hint="Look in the worker's log for what it says of mails, and correct EMAIL_URL.",
        )
