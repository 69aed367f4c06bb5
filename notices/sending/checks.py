"""System checks of how notices are set up."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from kernel.outgoing.signing import PREFIX


def gateway_is_complete(**_: Any) -> list[CheckMessage]:
    """Messages are signed: where there is a gateway there is its secret."""
    if not settings.NOTICES_GATEWAY_URL or settings.NOTICES_GATEWAY_SECRET.startswith(PREFIX):
        return []
    hint = f"It begins with {PREFIX}; what follows is Base64 of 24 to 64 random bytes."
    return [Error("NOTICES_GATEWAY_URL is set, and NOTICES_GATEWAY_SECRET is no secret.", hint=hint, id="notices.E001")]
