"""What went through a till."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from django.db.models import Count as Number
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from fines.models import Count, Entry, Till
from kernel.storage.counting import count_several

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Figures(TypedDict):
    """The cash that the movements of a till come to, and what the count that stands found, None while it is open."""

    cash: int
    counted: int | None
    difference: int | None


TillWithFigures: TypeAlias = "WithAnnotations[Till, Figures]"


class Line(TypedDict):
    """What went through a till by one method and kind of movement; `amount` is below zero where money went out."""

    method: str
    kind: str
    number: int
    amount: int


def tills() -> "QuerySet[TillWithFigures]":
    """All tills, each with the cash that its movements come to, and what was counted."""
    cash = Entry.objects.filter(till=OuterRef("pk"), method=Entry.Method.CASH).order_by().values("till")
    valid = Count.objects.filter(till=OuterRef("pk"), reopened_at=None)
    return Till.objects.annotate(
        cash=Coalesce(-Subquery(cash.annotate(total=Sum("amount")).values("total")), 0),
        counted=Subquery(valid.values("counted")),
        difference=Subquery(valid.values(difference=F("counted") - F("expected"))),
    )


def tills_to_count(before: date) -> QuerySet[Till]:
    """The tills of days before that one which no count closes."""
    return Till.objects.filter(~Exists(Count.objects.filter(till=OuterRef("pk"), reopened_at=None)), day__lt=before)


def money_of_the_day(now: datetime) -> dict[str, int]:
    """What was paid today, and the tills of earlier days that are not counted: one statement."""
    local = timezone.localtime(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    paid = Entry.objects.filter(kind__in=(Entry.Kind.PAYMENT, Entry.Kind.REVERSAL), at__gte=midnight)
    return count_several(
        paid_today=(paid, -Sum("amount")),
        tills_open=tills_to_count(local.date()),
    )


def lines_of(till_id: int) -> list[Line]:
    """What went through a till by method, payments before what went out."""
    found = Entry.objects.filter(till=till_id).values("method", "kind")
    rows = found.annotate(number=Number("pk"), amount=-Sum("amount")).order_by("method", "kind")
    return [Line(method=row["method"], kind=row["kind"], number=row["number"], amount=row["amount"]) for row in rows]


def cash_of(till_id: int) -> int:
    """The cash that the movements of a till come to."""
    cash = Entry.objects.filter(till=till_id, method=Entry.Method.CASH)
    return -(cash.aggregate(sum=Sum("amount"))["sum"] or 0)


def movements_of_till(till_id: int) -> Iterator[Entry]:
    """Everything that went through a till, in its order, with whose it was."""
    yield from Entry.objects.filter(till=till_id).select_related("till").prefetch_related("patron").order_by("pk")
