"""How many wrong passwords are too many: for a card from one address, for a card, and for an address."""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.http import HttpRequest

from kernel.labels.reading import CARD, searched

TIMES = {("username", "ip_address"): 1, ("username",): 4, ("ip_address",): 20}
"""So many times `AXES_FAILURE_LIMIT` within `AXES_COOLOFF_TIME`: 5, 20 and 100. Behind one address is a whole reading
room, with its slips; who tries one password on many cards makes no fewer. A card is locked everywhere only by what
comes from several addresses."""


class LimitEach(AxesDatabaseHandler):
    """Axes has one limit for whatever it counts by; here each has its own. The API and the admin go by it."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The most wrong passwords of any count, as if each had the first one's limit."""
        counts = self.get_user_attempts(request, credentials)
        found = zip(settings.AXES_LOCKOUT_PARAMETERS, counts, strict=True)
        return max(_sum(attempts) // TIMES[tuple(by)] for by, attempts in found)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """A right password forgives that card's wrong ones from that address, and nobody else's.

        Else one card of one's own would be enough to try all others without end.
        """
        deleted, _ = self.filter_user_attempts(request, credentials)[0].delete()
        return int(deleted)


def card_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Under which number a try counts: the card's in capital letters, however it was typed."""
    name = (credentials or {}).get("username") or request.POST.get("username") or ""
    return searched(str(name), CARD).upper()


def _sum(attempts: Any) -> int:
    return sum(attempts.values_list("failures_since_start", flat=True))
