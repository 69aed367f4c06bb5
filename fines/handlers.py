"""How the fines react to what other contexts announce."""

from fines import services
from lending.events import BookReturned

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
        days_late=event.days_counted,
        returned_on=event.returned_on,
        now=event.occurred_at,
    )
