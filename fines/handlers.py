"""How the fines react to what other contexts announce."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from fines import services
from fines.models import KnownSuspension
from kernel.eventbus.projection import keep_newest
from lending.events import (
    BookReturned,
    CopyFound,
    CopyLost,
    CopyReplaced,
    PatronSuspended,
    ReturnUndone,
    SuspensionLifted,
)

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


def cancel_late_fee(event: ReturnUndone) -> None:
    """Cancels what the return cost, since it was undone."""
    services.cancel_charge_of_return(event.return_id, now=event.occurred_at)


def charge_lost_copy(event: CopyLost) -> None:
    """Charges the copy's price and the processing fee to the patron who lost it, once; nothing where nobody had it."""
    if event.patron is None or event.loan is None:
        return
    services.charge_for_lost_copy(
        patron_id=event.patron,
        loan_id=event.loan,
        copy_id=event.copy,
        title=event.title,
        price=event.price,
        lost_on=event.lost_on or timezone.localdate(event.occurred_at),
        category=event.category,
        copy_type=event.copy_type,
        now=event.occurred_at,
    )


def settle_found_copy(event: CopyFound) -> None:
    """Cancels the price of the lost copy if it was found in time, and charges that it was late instead."""
    if event.patron is None or event.loan is None or event.lost_on is None:
        return
    place: dict[str, Any] = {"loan_id": event.loan, "copy_id": event.copy, "now": event.occurred_at}
    chosen: dict[str, Any] = {"category": event.category, "copy_type": event.copy_type}
    is_cancelled = services.cancel_replacement_charge(day=event.found_on, due_on=event.due_on, **place, **chosen)
    if is_cancelled and event.late_as in CHARGED:
        services.charge_late_fee(
            patron_id=event.patron,
            title=event.title,
            days_late=event.days_late,
            days_counted=event.days_counted,
            returned_on=event.found_on,
            prices=[event.price],
            **place,
            **chosen,
        )


def settle_replaced_copy(event: CopyReplaced) -> None:
    """Cancels the price of the lost copy, since the patron brought the same book."""
    if event.loan is None:
        return
    services.cancel_replacement_charge(
        loan_id=event.loan,
        copy_id=event.copy,
        day=timezone.localdate(event.occurred_at),
        is_replaced=True,
        category=event.category,
        copy_type=event.copy_type,
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
