"""A notice as a mail, through the mail server that Django is set up with."""

from email.headerregistry import Address
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from notices.sending.outcomes import Outcome
from notices.writing.letters import Written

PERMANENT = range(500, 600)


def send_mail(notice_id: int, notice: Written, connection: Any) -> Outcome:
    """Gives it to the mail server. Its words name the address, so only their code is kept."""
    try:
        mail_of(notice_id, notice, connection).send()
    except SMTPRecipientsRefused as error:
        codes = [code for code, _why in error.recipients.values()]
        return Outcome(
            error=f"the mail server refused the address: {codes}", is_final=all(c in PERMANENT for c in codes)
        )
    except SMTPResponseException as error:
        return Outcome(error=f"the mail server answered {error.smtp_code}", is_final=error.smtp_code in PERMANENT)
    except (SMTPException, OSError) as error:
        return Outcome(error=type(error).__name__)
    except ValueError as error:  # an address that can't be written in a mail
        return Outcome(error=type(error).__name__, is_final=True)
    return Outcome()


def mail_of(notice_id: int, notice: Written, connection: Any) -> EmailMessage:
    """The mail. Sent twice, it has one id."""
    host = settings.SITE_URL.partition("://")[2].partition(":")[0] or "localhost"
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": f"<notice-{notice_id}@{host}>"}
    if notice.unsubscribe:
        headers |= {
            "List-Unsubscribe": f"<{notice.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        }
    name = " ".join(notice.person.name.split())
    to = str(Address(name, addr_spec=notice.person.email))
    return EmailMessage(notice.title, notice.body, to=[to], headers=headers, connection=connection)
