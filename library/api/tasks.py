"""What workers do for the API."""

from django.utils import timezone
from knox.models import AuthToken

from library.api import idempotency


def forget_old_answers() -> int:
    """Deletes answers that were kept long enough."""
    return idempotency.forget_old_answers(timezone.now())


def forget_expired_tokens() -> int:
    """Deletes tokens that nobody can sign in with any more."""
    return int(AuthToken.objects.filter(expiry__lte=timezone.now()).delete()[0])
