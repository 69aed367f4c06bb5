"""What a patron's late returns and the lifts of suspensions lead to, in the order of their days."""

from collections.abc import Iterable

from django.utils import timezone

from kernel.days.calendar import Calendar
from kernel.days.late_days import LateReturn, Lift, Suspension, suspension
from lending.models import Block, Return
from lending.policy_fields import LateRules


def suspension_of(patron_id: int, calendar: Calendar) -> Suspension | None:
    """The newest suspension that a patron's late returns led to, lifts among them, whether it is over by now or not."""
    lifts = Block.objects.filter(patron=patron_id, kind=Block.Kind.SUSPENSION, lifted_at__isnull=False)
    late = Return.objects.filter(patron_id=patron_id, suspension_days__gt=0, voided_at=None)
    returns = list(late.select_related("loan__terms").order_by("returned_on", "pk"))
    return suspension(calendar, _in_order(returns, lifts.order_by("lifted_at")))


def _in_order(returns: list[Return], lifts: Iterable[Block]) -> Iterable[LateReturn | Lift]:
    """Returns in the order of their days; each lift behind those that were known when it was made."""
    for lift in lifts:
        known = [made for made in returns if made.pk <= (lift.lifted_after or 0)]
        returns = [made for made in returns if made not in known]
        yield from map(_late_return, known)
        if lift.lifted_at:
            yield Lift(day=timezone.localdate(lift.lifted_at))
    yield from map(_late_return, returns)


def _late_return(made: Return) -> LateReturn:
    rules = made.loan.terms.rules.late if made.loan.terms else LateRules()
    return LateReturn(
        day=made.returned_on,
        days=made.suspension_days,
        copies=made.quantity + made.late_items,
        adds_up=rules.suspension == "sum",
        from_next_day=rules.suspension_first_day == "next",
        skips_closed=rules.suspension_skips_closed,
        most_days=rules.suspension_max_days,
    )
