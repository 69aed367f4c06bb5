"""What the fines can tell."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from django.contrib.auth import get_user_model
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce

from fines.models import Account, Entry, FeeSchedule, Fine, Settlement
from fines.rules import LateCopy, late_fee
from fines.schedules.table import deciding
from kernel.labels.reading import CARD, searched
from kernel.storage.databases import connection_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

MONEY_MOVED = (Entry.Kind.PAYMENT, Entry.Kind.REVERSAL, Entry.Kind.PAYOUT)
"""Movements of money itself; the others change what is charged."""
ENDED_BY: Mapping[str, list[str]] = {
    Fine.Status.WAIVED: [Entry.Kind.WAIVER],
    Fine.Status.CANCELLED: [Entry.Kind.CANCEL, Entry.Kind.REFUND],
}
SETTLED = Q(settled_version=F("version"))
"""Nothing is owed of it. Of others, something may be."""


class Balance(TypedDict):
    """What the entries of a fine, and what payments settle of it, say."""

    paid: int
    owed: int
    refunded: int
    status: str


FineWithBalance: TypeAlias = "WithAnnotations[Fine, Balance]"


def fines() -> "QuerySet[FineWithBalance]":
    """All fines, each with `paid`, `owed`, `refunded` and `status` as entries and settlements say."""
    entries = Entry.objects.filter(fine=OuterRef("pk"))
    charged = entries.exclude(kind__in=MONEY_MOVED).order_by().values("fine").annotate(total=Sum("amount"))
    refunds = entries.filter(kind=Entry.Kind.REFUND).order_by().values("fine").annotate(total=Sum("amount"))
    settled = Settlement.objects.filter(fine=OuterRef("pk")).order_by().values("fine").annotate(total=Sum("amount"))
    return (
        Fine.objects.annotate(
            charged=Coalesce(Subquery(charged.values("total")), 0),
            paid=Coalesce(Subquery(settled.values("total")), 0),
            forgiven=Exists(entries.filter(kind=Entry.Kind.WAIVER)),
            cancelled=Exists(entries.filter(kind=Entry.Kind.CANCEL)),
            refunded=-Coalesce(Subquery(refunds.values("total")), 0),
        )
        .annotate(owed=F("charged") - F("paid"))
        .annotate(status=_status())
    )


def _status() -> Case:
    """What is refunded whole is cancelled too; what was waived for the rest is waived."""
    return Case(
        When(owed__gt=0, then=Value(Fine.Status.OUTSTANDING)),
        When(Q(cancelled=True) | Q(charged=0, forgiven=False, refunded__gt=0), then=Value(Fine.Status.CANCELLED)),
        When(forgiven=True, then=Value(Fine.Status.WAIVED)),
        default=Value(Fine.Status.PAID),
        output_field=CharField(),
    )


def those_that_are(status: str, found: "QuerySet[FineWithBalance]") -> "QuerySet[FineWithBalance]":
    """Those of `fines` that are outstanding, paid, waived or cancelled. The few that are outstanding are among the few
    that are not known to be settled, and what was waived or cancelled was so by a movement: an index has each."""
    if status == Fine.Status.OUTSTANDING:
        return found.exclude(SETTLED).filter(owed__gt=0)
    if status in ENDED_BY:
        ended, *others = (Entry.objects.filter(kind=kind).values("fine") for kind in ENDED_BY[Fine.Status(status)])
        found = found.filter(pk__in=ended.union(*others) if others else ended)
    return found.filter(SETTLED | Q(owed__lte=0), status=status)


def fines_of(patron_id: int, before: int = 0) -> "QuerySet[FineWithBalance]":
    """A patron's fines, the newest first, with their movements and what settles them; with `before`, only those that
    were charged before the fine of that id."""
    movements = Prefetch("entries", Entry.objects.order_by("pk"))
    settled = Prefetch("settlements", Settlement.objects.select_related("payment").order_by("payment_id"))
    own = fines().filter(patron=patron_id, **({"pk__lt": before} if before else {}))
    return own.prefetch_related(movements, settled).order_by("-pk")


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
    facts = ("patron_id", "loan_id", "kind", "title", "amount", "days_late", "charged_at")
    columns = ("pk", *facts, "explanation_en", "explanation_ko", "paid", "owed", "status")
    yield from fines().order_by("pk").values(*columns).iterator(chunk_size=2_000)


def schedules_on_record() -> Iterator[dict[str, Any]]:
    """Every fee schedule, in the order of their ids."""
    rows: Any = FeeSchedule.objects.order_by("pk").values("pk", "valid_from", "category", "copy_type", "given")
    yield from rows


def fee_for(category: str, copy_type: str, day: date, *, days: int, price: int | None, late_items: int) -> int:
    """What a return of a copy on that day costs, so many days counted and with so many items that count as late; 0 when
    it is free."""
    copy = LateCopy(price=price, items=late_items)
    return late_fee(deciding(category, copy_type, day).fees, days, [copy])


def balance_of(patron_id: int) -> int:
    """What a patron owes by all entries; below zero it is credit."""
    with connection_of("fines").cursor() as cursor:
        cursor.execute("SELECT COALESCE(SUM(amount), 0) FROM fines_entry WHERE patron_id = %s", [patron_id])
        return int(cursor.fetchone()[0])


def credit_of(patron_id: int) -> int:
    """What a patron paid that settles nothing and was not paid out."""
    moved = Entry.objects.filter(patron=patron_id, kind__in=MONEY_MOVED).aggregate(sum=Sum("amount"))["sum"] or 0
    settled = Settlement.objects.filter(fine__patron=patron_id).aggregate(sum=Sum("amount"))["sum"] or 0
    return max(0, -moved - settled)


def entries_of(patron_id: int) -> QuerySet[Any]:
    """A patron's movements of money in their order, each with the `balance` behind it."""
    running = Window(Sum("amount"), order_by=F("pk").asc())
    return Entry.objects.filter(patron=patron_id).annotate(balance=running).select_related("fine").order_by("pk")


def movements_of(patron_id: int, before: int = 0) -> QuerySet[Any]:
    """A patron's movements of money, the newest first, each with the `balance` behind it, what a payment settles, and
    who did it; with `before`, only those before the one of that id."""
    settled = Prefetch("settlements", Settlement.objects.select_related("fine").order_by("fine_id"))
    own = entries_of(patron_id).filter(**({"pk__lt": before} if before else {}))
    return own.select_related("reversal").prefetch_related(settled, "by").order_by("-pk")


def owed_fines(patron_id: int) -> "QuerySet[FineWithBalance]":
    """What a patron owes, in the order in which it is paid: the oldest first."""
    return fines().filter(patron=patron_id, owed__gt=0).order_by("charged_at", "pk")


def covered_by(amount: int, owed: Sequence[Any]) -> tuple[list[tuple[Any, int]], int]:
    """How much of which of these fines a payment would settle, and how much of it would be credit."""
    covered, left = [], amount
    for fine in owed:
        part = min(left, fine.owed)
        covered.append((fine, part))
        left -= part
    return [(fine, part) for fine, part in covered if part], left


def version_of(patron_id: int) -> int:
    """How many acts the patron's account has seen."""
    return Account.objects.filter(pk=patron_id).values_list("version", flat=True).first() or 0
