"""What comes of a fee schedule: late returns and a lost copy as they would be charged by it, in words."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fines.fee_fields import Fees, duration_shown
from fines.models import FeeSchedule
from fines.rules import LateCopy, late_fee
from fines.schedules.table import shown
from kernel.money import money

EXAMPLES = ((1, 1), (7, 1), (15, 2))
"""Days late and copies."""


def trial_of(schedule: FeeSchedule, now: datetime) -> list[str]:
    """On the schedule's first day, or today where it is in force."""
    day = max(schedule.valid_from, timezone.localdate(now))
    who = {
        "who": schedule.category or _("everybody"),
        "what": schedule.copy_type or _("everything"),
        "day": date_format(day),
    }
    (decision,) = shown([schedule], day)
    return [_("For %(who)s and %(what)s on %(day)s:") % who, *_late(decision.fees), *_lost(decision.fees)]


def _late(fees: Fees) -> Iterator[str]:
    for days, copies in EXAMPLES:
        facts = {"days": days, "copies": copies, "fee": money(late_fee(fees, days, [LateCopy()] * copies))}
        if copies == 1:
            yield (
                ngettext(
                    "%(days)s day late with 1 book costs %(fee)s.",
                    "%(days)s days late with 1 book costs %(fee)s.",
                    days,
                )
                % facts
            )
        else:
            yield _("%(days)s days late with %(copies)s books costs %(fee)s.") % facts


def _lost(fees: Fees) -> Iterator[str]:
    yield _("A lost book costs its price.")
    if fees.lost_amount is not None:
        yield _("One without a price costs %(amount)s.") % {"amount": money(fees.lost_amount)}
    if fees.processing_fee:
        yield _("Processing another copy costs %(amount)s.") % {"amount": money(fees.processing_fee)}
    within = duration_shown(fees.refund_within) or {}
    if "months" in within:
        yield (
            ngettext(
                "Found within %(months)s month of the due date, the price is refunded.",
                "Found within %(months)s months of the due date, the price is refunded.",
                within["months"],
            )
            % within
        )
    if "days" in within:
        yield (
            ngettext(
                "Found within %(days)s day of the due date, the price is refunded.",
                "Found within %(days)s days of the due date, the price is refunded.",
                within["days"],
            )
            % within
        )
    if fees.buy_off_rate:
        yield _("A suspension can be bought off for %(amount)s a day.") % {"amount": money(fees.buy_off_rate)}
