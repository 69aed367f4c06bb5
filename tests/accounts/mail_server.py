"""A mail server that takes nothing."""

from smtplib import SMTPServerDisconnected
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend


class Refusing(BaseEmailBackend):
    """As a server that hangs up."""

    def send_messages(self, messages: Any) -> int:
        """Never."""
        raise SMTPServerDisconnected("haneul@example.org: try later")
