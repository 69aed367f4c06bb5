"""Fees by the day need to say what a day costs."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from fines.models import FeeSchedule

NO_RATE = _("Fees by the day need a rate: say what a day late costs, 0 for nothing.")


def lacks_rate(given: Mapping[str, Any], category: str, copy_type: str, day: date) -> bool:
    """Whether these fees would be charged by the day without a rate, their own or that of the schedule for all."""
    if not {"kind", "rate"} & given.keys():
        return False
    begun = FeeSchedule.objects.filter(category="", copy_type="", valid_from__lte=day).order_by("valid_from")
    for_all = begun.last() if category or copy_type else None
    fees = {**(for_all.given if for_all else {}), **given}
    return fees.get("kind") == "per_day" and fees.get("rate") is None
