"""What the fines can tell."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from django.contrib.auth import get_user_model
from django.db.models import Case, CharField, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from fines.models import Entry, FeeSchedule, FeeTier, Fine
from fines.rules import tier_for
from kernel.labels.reading import CARD, searched

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Balance(TypedDict):
    """What the entries of a fine say."""

    paid: int
    owed: int
    status: str


FineWithBalance: TypeAlias = "WithAnnotations[Fine, Balance]"


def schedule_on(day: date) -> FeeSchedule:
    """The fee schedule in force on a day: the newest that began by then, or the first for days before any."""
    schedules = FeeSchedule.objects.order_by("valid_from")
    return schedules.filter(valid_from__lte=day).last() or schedules[0]


def tiers_of(schedule: FeeSchedule) -> dict[int, int]:
    """The amount from each day late on."""
    return dict(schedule.tiers.order_by("from_day").values_list("from_day", "amount"))


def fines() -> "QuerySet[FineWithBalance]":
    """All fines, each with `paid`, `owed` and `status` as its entries say."""
    entries = Entry.objects.filter(fine=OuterRef("pk")).order_by().values("fine")
    paid = entries.filter(kind=Entry.Kind.PAYMENT).annotate(total=-Sum("amount")).values("total")
    owed = entries.annotate(total=Sum("amount")).values("total")
    waived = Exists(Entry.objects.filter(fine=OuterRef("pk"), kind=Entry.Kind.WAIVER))
    return Fine.objects.annotate(
        paid=Coalesce(Subquery(paid), 0), owed=Coalesce(Subquery(owed), 0), forgiven=waived
    ).annotate(
        status=Case(
            When(owed__gt=0, then=Value(Fine.Status.OUTSTANDING)),
            When(forgiven=True, then=Value(Fine.Status.WAIVED)),
            default=Value(Fine.Status.PAID),
            output_field=CharField(),
        )
    )


def fines_of(patron_id: int, before: int = 0) -> "QuerySet[FineWithBalance]":
    """A patron's fines, the newest first, with their movements of money in their order; with `before`, only those that
    were charged before the fine of that id."""
    movements = Prefetch("entries", Entry.objects.order_by("pk"))
    own = fines().filter(patron=patron_id, **({"pk__lt": before} if before else {}))
    return own.prefetch_related(movements).order_by("-pk")


def patrons_found_by(text: str) -> list[int]:
    """The ids of the person with that card number and of a thousand, at most, whose names begin so.

    People may be in another database, so nothing is joined.
    """
    people = get_user_model()
    holds = Q(**{f"{people.USERNAME_FIELD}__anycase": searched(text, CARD)})
    found = people.objects.filter(holds | Q(name__startswith=text))
    return list(found.values_list("pk", flat=True)[:1_000])


def fines_on_record() -> Iterator[dict[str, Any]]:
    """Every fine as a patron's page should show it, in the order of their ids."""
    facts = ("patron_id", "loan_id", "title", "amount", "days_late", "charged_at", "explanation_en", "explanation_ko")
    columns = ("pk", *facts, "paid", "owed", "status")
    yield from fines().order_by("pk").values(*columns).iterator(chunk_size=2_000)


def tiers_on_record() -> Iterator[dict[str, Any]]:
    """Every tier of every fee schedule, in the order of schedules and days."""
    tiers = FeeTier.objects.order_by("schedule_id", "from_day").values_list("schedule_id", "from_day", "amount")
    yield from ({"pk": (schedule, day), "amount": amount} for schedule, day, amount in tiers)


def fee_for(days_late: int, day: date) -> int:
    """What a return on that day costs, so many days late; 0 when it is free."""
    tier = tier_for(days_late, tiers_of(schedule_on(day)))
    return tier.amount if tier else 0


def owed_by(patron_id: int) -> int:
    """What a patron owes of all fines together."""
    return Entry.objects.filter(fine__patron=patron_id).aggregate(owed=Sum("amount"))["owed"] or 0


def money_of_the_day(now: datetime) -> dict[str, int]:
    """What all patrons owe, and what was paid today, in one statement."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    paid_today = Q(kind=Entry.Kind.PAYMENT, at__gte=midnight)
    found = Entry.objects.aggregate(owed=Sum("amount"), paid=Sum("amount", filter=paid_today))
    return {"fines_outstanding": found["owed"] or 0, "paid_today": -(found["paid"] or 0)}
