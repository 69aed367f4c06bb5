"""What may be done with fees and fines. Amounts are whole KRW."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fines.events import FeeScheduleAdopted, FeeScheduleRevoked, FineCharged, FinePaid, FineWaived
from fines.models import Entry, FeeSchedule, FeeTier, Fine
from fines.queries import FineWithBalance, fines, schedule_on, tiers_of
from fines.rules import explanation, tier_for
from kernel.eventbus.publishing.outbox import publish
from kernel.observability.tracing import acting
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in


class Overpayment(Refused):
    code = "overpayment"
    sentence = _("%(owed)s are owed; %(amount)s are more than that.")
    shown = ("owed",)
    amounts = ("owed", "amount")


class NothingOwed(Refused):
    code = "nothing_owed"
    sentence = _("Nothing is owed of this fine any more.")


class ScheduleExists(Refused):
    code = "schedule_exists"
    sentence = _("There is a fee schedule from %(valid_from)s on already; choose another day.")


class ScheduleInThePast(Refused):
    code = "in_the_past"
    sentence = _("Fees hold from today on or later; %(valid_from)s is past, and what was charged by then stays.")


class ScheduleInForce(ScheduleInThePast):
    sentence = _("The fees of %(valid_from)s are in force; adopt others instead, from today on or later.")


@atomic_in("fines")
def charge_late_fee(
    *, patron_id: int, loan_id: int, return_id: int, title: str, days_late: int, returned_on: date, now: datetime
) -> Fine | None:
    """Charges a late return, once, by the schedule in force on the day of the return.

    Returns None when the return is free of charge or was charged before.
    """
    schedule = schedule_on(returned_on)
    tier = tier_for(days_late, tiers_of(schedule))
    if tier is None or tier.amount == 0:
        return None

    words = explanation(days_late, tier, schedule.valid_from)
    fine, is_new = Fine.objects.get_or_create(
        return_id=return_id,
        defaults={
            "patron_id": patron_id,
            "loan_id": loan_id,
            "title": title,
            "days_late": days_late,
            "amount": tier.amount,
            "charged_at": now,
            "explanation_en": words["en"],
            "explanation_ko": words["ko"],
        },
    )
    if not is_new:
        return None
    Entry.objects.create(fine=fine, kind=Entry.Kind.CHARGE, amount=tier.amount, at=now)

    publish(FineCharged(**_story_of(fine.pk, now)))
    return fine


@atomic_in("fines")
def pay_fine(fine_id: int, *, amount: int, by_id: int, now: datetime) -> Entry:
    """Takes a payment of a fine or of a part of it. Raises `Fine.DoesNotExist` and `Overpayment`."""
    owed = _locked(fine_id).owed
    if amount > owed:
        raise Overpayment(owed=owed, amount=amount)

    payment = Entry.objects.create(fine_id=fine_id, kind=Entry.Kind.PAYMENT, amount=-amount, at=now, by_id=by_id)

    publish(FinePaid(**_story_of(fine_id, now), payment=amount))
    return payment


@atomic_in("fines")
def waive_fine(fine_id: int, *, reason: str, by_id: int, now: datetime) -> None:
    """Forgives what is left of a fine. Raises `Fine.DoesNotExist` and `NothingOwed`."""
    owed = _locked(fine_id).owed
    if not owed:
        raise NothingOwed

    Entry.objects.create(fine_id=fine_id, kind=Entry.Kind.WAIVER, amount=-owed, at=now, by_id=by_id, reason=reason)

    with acting(reason=reason):
        publish(FineWaived(**_story_of(fine_id, now), reason=reason))


@atomic_in("fines")
def adopt_fee_schedule(*, valid_from: date, tiers: Mapping[int, int], now: datetime) -> FeeSchedule:
    """Sets the late fees that hold from a day on; without tiers, none. Fines charged before keep theirs.

    The first schedule of an installation may hold from any day. Raises `ScheduleInThePast` and `ScheduleExists`.
    """
    if valid_from < timezone.localdate(now) and FeeSchedule.objects.exists():
        raise ScheduleInThePast(valid_from=valid_from)
    tiers = tiers or {1: 0}
    try:
        with atomic_in("fines"):
            schedule = FeeSchedule.objects.create(valid_from=valid_from)
    except IntegrityError as error:
        raise ScheduleExists(valid_from=valid_from) from error
    FeeTier.objects.bulk_create(
        [FeeTier(schedule=schedule, from_day=day, amount=amount) for day, amount in tiers.items()]
    )

    publish(
        FeeScheduleAdopted(
            occurred_at=now, schedule=schedule.pk, valid_from=valid_from, tiers=dict(sorted(tiers.items()))
        )
    )
    return schedule


@atomic_in("fines")
def revoke_fee_schedule(schedule_id: int, *, now: datetime) -> None:
    """Revokes fees to come, by which nothing can have been charged. Raises `FeeSchedule.DoesNotExist` and
    `ScheduleInForce`."""
    schedule = FeeSchedule.objects.select_for_update().get(pk=schedule_id)
    if schedule.valid_from <= timezone.localdate(now):
        raise ScheduleInForce(valid_from=schedule.valid_from)

    schedule.tiers.all().delete()
    schedule.delete()

    publish(FeeScheduleRevoked(occurred_at=now, schedule=schedule_id, valid_from=schedule.valid_from))


def _locked(fine_id: int) -> FineWithBalance:
    """The fine as its entries say, read after its row was locked. Raises `Fine.DoesNotExist`."""
    Fine.objects.select_for_update().get(pk=fine_id)
    return fines().get(pk=fine_id)


def _story_of(fine_id: int, now: datetime) -> dict[str, Any]:
    """What every event about a fine tells of it."""
    fine = fines().get(pk=fine_id)
    return {
        "occurred_at": now,
        "fine": fine.pk,
        "version": fine.entries.count(),
        "patron": fine.patron_id,
        "loan": fine.loan_id,
        "title": fine.title,
        "days_late": fine.days_late,
        "amount": fine.amount,
        "paid": fine.paid,
        "owed": fine.owed,
        "status": str(fine.status),
        "charged_at": fine.charged_at,
        "explanation_en": fine.explanation_en,
        "explanation_ko": fine.explanation_ko,
    }
