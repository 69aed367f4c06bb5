"""A mail server that is there and takes nothing."""

from smtplib import SMTPServerDisconnected
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend


class Refusing(BaseEmailBackend):
    """It hangs up at each mail."""

    def send_messages(self, email_messages: Any) -> int:
        raise SMTPServerDisconnected("not now")
