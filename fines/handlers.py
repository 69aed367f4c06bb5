"""How the fines react to what other contexts announce."""

from collections.abc import Sequence

from fines import services
from fines.models import KnownSuspension
from kernel.eventbus.projection import keep_newest
from lending.events import BookReturned, PatronSuspended, SuspensionLifted

CHARGED = {"fine", "both"}


def charge_late_fee(event: BookReturned) -> None:
    """Charges the return if it was late and the rules of its loan charge that, once."""
    if event.late_as not in CHARGED:
        return
    services.charge_late_fee(
        patron_id=event.patron,
        loan_id=event.loan,
        return_id=event.return_id,
        title=event.title,
        days_late=event.days_late,
        days_counted=event.days_counted,
        returned_on=event.returned_on,
        category=event.category,
        copy_type=event.copy_type,
        prices=list(event.prices.values()) or [None] * event.returned,
        now=event.occurred_at,
    )


def know_suspension(events: Sequence[PatronSuspended | SuspensionLifted]) -> None:
    """Knows until when a patron is suspended, to sell the rest."""
    keep_newest(
        [
            KnownSuspension(
                patron_id=event.patron,
                until=event.until if isinstance(event, PatronSuspended) else None,
                restriction=event.restriction,
            )
            for event in events
        ],
        by="restriction",
        at_first=["bought_off"],
    )
