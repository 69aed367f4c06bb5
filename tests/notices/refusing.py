"""Mail servers that take nothing."""

from smtplib import SMTPServerDisconnected
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend


class Refusing(BaseEmailBackend):
    """It hangs up at each mail."""

    def send_messages(self, email_messages: Any) -> int:
        raise SMTPServerDisconnected("not now")


class Closed(BaseEmailBackend):
    """It is not there."""

    def open(self) -> bool:
        raise ConnectionRefusedError("nobody listens")

    def send_messages(self, email_messages: Any) -> int:
        raise AssertionError("nothing is given to it")
