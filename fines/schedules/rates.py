"""Fees by the day need to say what a day costs: their own, or that of the schedule for all."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from fines.models import BEGINNING, FeeSchedule
from kernel.refusals import Refused

NO_RATE = _("Fees by the day need a rate: say what a day late costs, 0 for nothing.")
Place = tuple[str, str]
"""The category of patrons and the type of copies that fees are for; empty for any."""
FOR_ALL: Place = ("", "")
Adopted = Mapping[tuple[Place, date], Mapping[str, Any]]


class RateNeeded(Refused):
    code = "rate_needed"
    sentence = _("Fees by the day would be without a rate for %(places)s: adopt others for them first.")
    shown = ("places",)


def lacks_rate(given: Mapping[str, Any], place: Place, valid_from: date | None, today: date) -> str:
    """Why these fees can't be adopted: they, or others that so far took the rate of those for all, would be charged by
    the day without one. Empty where they can."""
    adopted = _adopted()
    found = _lacking({**adopted, (place, valid_from or BEGINNING): given}, today)
    if place in found and {"kind", "rate"} & given.keys():
        return str(NO_RATE)
    others = found - _lacking(adopted, today) - {place}
    return str(_needed_for(others)) if others else ""


def refuse_if_needed(schedule: FeeSchedule, today: date) -> None:
    """Raises `RateNeeded` where others take their rate from this schedule."""
    adopted = _adopted()
    kept = {key: given for key, given in adopted.items() if key != (_place(schedule), schedule.valid_from)}
    if others := _lacking(kept, today) - _lacking(adopted, today):
        raise _needed_for(others)


def _adopted() -> Adopted:
    return {(_place(one), one.valid_from): one.given for one in FeeSchedule.objects.all()}


def _place(schedule: FeeSchedule) -> Place:
    return schedule.category, schedule.copy_type


def _lacking(adopted: Adopted, today: date) -> set[Place]:
    """The places whose fees are by the day and without a rate, today or from a later day on."""
    days = {today, *(day for _place, day in adopted if day > today)}
    return {place for day in days for place in _lacking_on(day, adopted)}


def _lacking_on(day: date, adopted: Adopted) -> set[Place]:
    in_force = {place: adopted[place, begun] for place, begun in sorted(adopted) if begun <= day}
    filled = {place: {**in_force.get(FOR_ALL, {}), **given} for place, given in in_force.items()}
    return {place for place, fees in filled.items() if fees.get("kind") == "per_day" and fees.get("rate") is None}


def _needed_for(places: set[Place]) -> RateNeeded:
    named = (" · ".join(filter(None, place)) or str(_("everybody")) for place in sorted(places))
    return RateNeeded(places=", ".join(named))
