"""What the fines can tell."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from fines.models import Entry, FeeSchedule, Fine


def schedule_on(day: date) -> FeeSchedule:
    """The fee schedule in force on a day: the newest that began by then, or the first for days before any."""
    schedules = FeeSchedule.objects.order_by("valid_from")
    return schedules.filter(valid_from__lte=day).last() or schedules[0]


def tiers_of(schedule: FeeSchedule) -> dict[int, int]:
    """The amount from each day late on."""
    return dict(schedule.tiers.order_by("from_day").values_list("from_day", "amount"))


def fines() -> QuerySet[Fine]:
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


def fines_on_record() -> Iterator[dict[str, Any]]:
    """Every fine as a patron's page should show it, in the order of their ids."""
    columns = ("pk", "patron_id", "loan_id", "title", "amount", "paid", "owed", "status")
    yield from fines().order_by("pk").values(*columns).iterator(chunk_size=2_000)
