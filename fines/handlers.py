"""How the fines react to what other contexts announce."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from fines import services
from fines.models import KnownSuspension
from fines.rules import LateCopy
from kernel.days.late_days import CHARGING
from kernel.eventbus.projection import keep_newest
from lending.events import (
    BookReturned,
    CopyFound,
    CopyLost,
    CopyReplaced,
    LoansAnonymised,
    PatronErased,
    PatronSuspended,
    ReturnUndone,
    SuspensionLifted,
    SuspensionsAnonymised,
    UnpaidFeeDropped,
    UnpaidFeeImported,
)


def charge_late_fee(event: BookReturned | ReturnUndone) -> None:
    """Charges the return if it was late and the rules of its loan charge that, once; cancels that if it was undone.

    One handler for both, so that the bus keeps their order: an undone return is not charged afterwards.
    """
    if isinstance(event, ReturnUndone):
        services.cancel_charge_of_return(event.return_id, now=event.occurred_at)
    elif event.patron is not None and event.late_as in CHARGING and event.days_late > 0:
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
            copies=[LateCopy(price=price, items=event.late_items.get(pk, 0)) for pk, price in event.prices.items()]
            or [LateCopy()] * event.returned,
            now=event.occurred_at,
        )


def charge_lost_copy(event: CopyLost | CopyFound | CopyReplaced) -> None:
    """Charges the copy's price and the processing fee to the patron who lost it, once; cancels the price if it was
    found in time, and charges that it was late instead, or if the patron brought the same book. Nothing where nobody
    had it.

    One handler for all three, so that the bus keeps their order.
    """
    if event.patron is None or event.loan is None:
        return
    if isinstance(event, CopyLost):
        _charge_loss(event, event.patron, event.loan)
    elif isinstance(event, CopyReplaced):
        _settle_loss(event, timezone.localdate(event.occurred_at), event.loan)
    elif event.lost_on is not None and _settle_loss(event, event.found_on, event.loan):
        _charge_that_it_was_late(event, event.patron, event.loan)


def _charge_loss(event: CopyLost, patron: int, loan: int) -> None:
    services.charge_for_lost_copy(
        patron_id=patron,
        loan_id=loan,
        copy_id=event.copy,
        title=event.title,
        price=event.price,
        lost_on=event.lost_on or timezone.localdate(event.occurred_at),
        category=event.category,
        copy_type=event.copy_type,
        now=event.occurred_at,
    )


def _settle_loss(event: CopyFound | CopyReplaced, day: date, loan: int) -> bool:
    """Whether the price is charged no more."""
    return services.cancel_replacement_charge(
        loan_id=loan,
        copy_id=event.copy,
        day=day,
        due_on=event.due_on,
        is_replaced=isinstance(event, CopyReplaced),
        category=event.category,
        copy_type=event.copy_type,
        now=event.occurred_at,
    )


def _charge_that_it_was_late(event: CopyFound, patron: int, loan: int) -> None:
    if event.late_as in CHARGING:
        services.charge_late_fee(
            patron_id=patron,
            loan_id=loan,
            copy_id=event.copy,
            title=event.title,
            days_late=event.days_late,
            days_counted=event.days_counted,
            returned_on=event.found_on,
            category=event.category,
            copy_type=event.copy_type,
            copies=[LateCopy(price=event.price, items=event.late_items)],
            now=event.occurred_at,
        )


def charge_imported_fee(event: UnpaidFeeImported | UnpaidFeeDropped) -> None:
    """Charges what a patron owed at the system before, once; cancels that if the import was undone.

    One handler for both, so that the bus keeps their order.
    """
    if isinstance(event, UnpaidFeeDropped):
        services.cancel_imported_fee(event.fee, now=event.occurred_at)
        return
    if event.patron is not None:
        services.charge_imported_fee(
            patron_id=event.patron,
            fee_id=event.fee,
            amount=event.amount,
            title=event.title,
            due_on=event.due_on,
            now=event.occurred_at,
        )


def know_suspension(events: Sequence[PatronSuspended | SuspensionLifted | SuspensionsAnonymised]) -> None:
    """Knows from when and until when a patron is suspended, to sell the rest."""
    keep_newest(
        [
            KnownSuspension(
                patron_id=event.patron,
                since=event.since if isinstance(event, PatronSuspended) else None,
                until=event.until if isinstance(event, PatronSuspended) else None,
                restriction=event.restriction,
            )
            for event in events
            if event.patron is not None
        ],
        by="restriction",
        at_first=["bought_off"],
    )


def forget_borrowers(event: LoansAnonymised) -> None:
    """Makes the settled fines of these loans and fees nobody's too; open money stays somebody's."""
    services.release_fines(event.loans, imported=event.fees, before=event.before, now=event.occurred_at)


def forget_payer(event: PatronErased) -> None:
    """Makes the account nobody's, and charges nothing to it any more."""
    services.erase_payer(event.patron, now=event.occurred_at)
