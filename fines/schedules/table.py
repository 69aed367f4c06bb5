"""Which fee schedule decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fines.fee_fields import NAMES, Fees
from fines.models import FeeSchedule


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The schedule that decides, None where there is none, and its fees with every field filled. `left_out` names the
    fields that it does not say itself."""

    schedule: FeeSchedule | None
    fees: Fees
    left_out: tuple[str, ...]

    @property
    def valid_from(self) -> date | None:
        """The first day of the schedule, None where none decides."""
        return self.schedule.valid_from if self.schedule else None


def deciding(category: str, copy_type: str, day: date) -> Decision:
    """What decides for patrons of a category and copies of a type on a day: the most specific schedule in force, whole;
    among equals the newest. One statement."""
    places = list(dict.fromkeys([(category, copy_type), (category, ""), ("", copy_type), ("", "")]))
    begun = FeeSchedule.objects.filter(category__in={category, ""}, copy_type__in={copy_type, ""}, valid_from__lte=day)
    newest = _newest(begun)
    found = [newest[place] for place in places if place in newest]
    return _decision(found[0] if found else None, newest.get(("", "")))


def shown(schedules: Iterable[FeeSchedule], day: date) -> list[Decision]:
    """Schedules as they would decide on a day; one statement for all."""
    for_all = _newest(FeeSchedule.objects.filter(category="", copy_type="", valid_from__lte=day)).get(("", ""))
    return [_decision(schedule, for_all) for schedule in schedules]


def _newest(schedules: Iterable[FeeSchedule]) -> dict[tuple[str, str], FeeSchedule]:
    in_order = sorted(schedules, key=lambda schedule: schedule.valid_from)
    return {(schedule.category, schedule.copy_type): schedule for schedule in in_order}


def _decision(schedule: FeeSchedule | None, for_all: FeeSchedule | None) -> Decision:
    given = schedule.given if schedule else {}
    return Decision(
        schedule=schedule,
        fees=Fees.of(given, for_all.given if for_all else {}),
        left_out=tuple(name for name in NAMES if name not in given),
    )
