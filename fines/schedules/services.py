"""Adopting fee schedules, and revoking those that do not hold yet."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fines.events import FeeScheduleAdopted, FeeScheduleRevoked
from fines.models import BEGINNING, FeeSchedule, Fine
from fines.schedules.rates import refuse_if_needed
from kernel.eventbus.publishing.outbox import publish
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in


class ScheduleInThePast(Refused):
    code = "in_the_past"
    sentence = _("Fees hold from today on or later; %(valid_from)s is past, and what was charged by then stays.")


class AlreadyCharged(ScheduleInThePast):
    sentence = _("Something was charged by these fees already: say from which day on the new ones hold.")


class ScheduleInForce(ScheduleInThePast):
    sentence = _("The fees of %(valid_from)s are in force; adopt others instead, from today on or later.")


@atomic_in("fines")
def adopt_fee_schedule(
    *,
    given: Mapping[str, Any],
    now: datetime,
    valid_from: date | None = None,
    category: str = "",
    copy_type: str = "",
) -> tuple[FeeSchedule, bool]:
    """Sets the fees for a category and a type of copies, empty for any, from a day on; None is from the beginning,
    while nothing was charged for them. `given` has them by the names of `Fees`; tiers map the first day late to the
    amount. Fines charged before keep theirs.

    Returns the schedule, and whether it is new: one of the same category, type and day is replaced. Raises
    `ScheduleInThePast`.
    """
    if valid_from is None and _was_charged(category, copy_type):
        raise AlreadyCharged
    if valid_from and valid_from < timezone.localdate(now):
        raise ScheduleInThePast(valid_from=valid_from)

    said = {name: value for name, value in given.items() if name != "tiers"}
    tiers = dict(sorted(given["tiers"].items())) if "tiers" in given else None
    schedule, is_new = FeeSchedule.objects.update_or_create(
        {"given": said if tiers is None else {**said, "tiers": {str(day): amount for day, amount in tiers.items()}}},
        category=category,
        copy_type=copy_type,
        valid_from=valid_from or BEGINNING,
    )

    place: dict[str, Any] = {"valid_from": schedule.begins_on, "category": category, "copy_type": copy_type}
    publish(FeeScheduleAdopted(occurred_at=now, schedule=schedule.pk, **place, tiers=tiers, fees=said))
    return schedule, is_new


@atomic_in("fines")
def revoke_fee_schedule(schedule_id: int, *, now: datetime) -> None:
    """Revokes fees to come, by which nothing can have been charged. Raises `FeeSchedule.DoesNotExist`,
    `ScheduleInForce` and `RateNeeded`."""
    schedule = FeeSchedule.objects.select_for_update().get(pk=schedule_id)
    if schedule.valid_from <= timezone.localdate(now):
        raise ScheduleInForce(valid_from=schedule.begins_on or _("the beginning"))
    refuse_if_needed(schedule, timezone.localdate(now))

    schedule.delete()

    publish(FeeScheduleRevoked(occurred_at=now, schedule=schedule_id, valid_from=schedule.valid_from))


def _was_charged(category: str, copy_type: str) -> bool:
    named = {"category": category, "copy_type": copy_type}
    return Fine.objects.filter(**{name: value for name, value in named.items() if value}).exists()
