"""The sending, done by the test itself until nothing is due."""

from django.utils import timezone

from webhooks.sending import Sender


def send_due() -> int:
    """Sends until nothing is due; returns how many attempts were made."""
    sender, attempts = Sender(timezone.now), 0
    while (started := sender.start_due()) or sender.is_sending:
        attempts += started
        sender.wait(30)
        sender.record_answers()
    sender.abandon()
    return attempts
