"""What workers do for the API."""

from django.utils import timezone

from library.api import idempotency


def forget_old_answers() -> int:
    """Deletes answers that were kept long enough."""
    return idempotency.forget_old_answers(timezone.now())
