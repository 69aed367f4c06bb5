"""System checks of how notices are set up."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from kernel.outgoing.signing import PREFIX


def gateway_is_complete(**_: Any) -> list[CheckMessage]:
    """Messages are signed: where there is a gateway there is its secret. At least one is under way at once."""
    found: list[CheckMessage] = []
    if settings.NOTICES_GATEWAY_URL and not settings.NOTICES_GATEWAY_SECRET.startswith(PREFIX):
        hint = f"It begins with {PREFIX}; what follows is Base64 of 24 to 64 random bytes."
        sentence = "NOTICES_GATEWAY_URL is set, and NOTICES_GATEWAY_SECRET is no secret."
        found.append(Error(sentence, hint=hint, id="notices.E001"))
    if settings.NOTICES_GATEWAY_AT_ONCE < 1:
        found.append(Error("NOTICES_GATEWAY_AT_ONCE is a number from 1.", id="notices.E002"))
    return found
