"""Reads of stocktakings: how far one is, and its results as lists of what is still to act on."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from catalog.models import WITH_RESULT, Scan, Stocktaking
from catalog.stocktaking.rules import GONE, HELD
from catalog.stocktaking.scope import by_call_number, in_states, unscanned_copies

Finding = Scan.Finding
TO_SETTLE = Q(settled_at=None)
STILL: Mapping[str, Q] = {
    "misplaced": ~Q(misplaced="") & Q(placed_at=None),
    "on_loan": TO_SETTLE & Q(finding=Finding.ON_LOAN, copy__loan=F("loan")),
    "found": TO_SETTLE & Q(finding=Finding.FOUND, copy__condition__in=GONE),
    "elsewhere": TO_SETTLE & Q(finding=Finding.ELSEWHERE) & (Q(copy__place__in=HELD) | Q(copy__condition="in_repair")),
    "withdrawn": TO_SETTLE & Q(finding=Finding.WITHDRAWN),
    "unknown": TO_SETTLE & Q(finding=Finding.UNKNOWN),
}
"""The lists of what was read, each with what is still so: what somebody did about it at the desk leaves its list."""
LISTS = ("missing", *STILL)
MOST_SORTED = 20_000
"""So many copies that nobody scanned are sorted by their rooms; more are listed by call number alone."""


def stocktakings_going_on() -> QuerySet[Stocktaking]:
    """Those in which copies may be scanned, the newest first."""
    return Stocktaking.objects.filter(status=Stocktaking.Status.GOING_ON).order_by("-pk")


def results_to_act_on(one: Stocktaking) -> dict[str, int]:
    """How many stand on each list. What is missing is counted once the stocktaking has ended; until then it is what is
    expected and was not scanned."""
    rows = Scan.objects.filter(WITH_RESULT, stocktaking=one)
    wanted = {name: Count("pk", filter=still) for name, still in STILL.items()}
    if one.status == Stocktaking.Status.ENDED:
        return rows.aggregate(missing=Count("pk", filter=_still_missing(one)), **wanted)
    return {"missing": max(0, one.expected - one.met), **rows.aggregate(**wanted)}


def results(one: Stocktaking, name: str, only: Collection[int] | None = None) -> QuerySet[Any]:
    """The rows of a list as they stand, each with its copy and book, or those of them that are meant. Before the end
    the copies that are missing are copies, else all are `Scan`s."""
    if name == "missing" and one.status != Stocktaking.Status.ENDED:
        rest = unscanned_copies(one) if only is None else unscanned_copies(one).filter(pk__in=only)
        return rest if only is not None or one.expected - one.met <= MOST_SORTED else by_call_number(rest)
    still = _still_missing(one) if name == "missing" else STILL[name]
    rows = Scan.objects.filter(WITH_RESULT, still, stocktaking=one)
    rows = rows if only is None else rows.filter(pk__in=only)
    order = ("copy__room", "copy__shelving_mark", "copy__book__shelf_key", "copy__volume")
    return rows.select_related("copy__book").order_by(*order, "pk")


def newest_scans(one: Stocktaking, count: int) -> list[Scan]:
    """What was read last, the last first, each with its copy and book."""
    rows = Scan.objects.filter(stocktaking=one).exclude(finding=Finding.MISSING)
    return list(rows.select_related("copy__book").order_by("-pk")[:count])


def _still_missing(one: Stocktaking) -> Q:
    came_back = Q(copy__moved_at__gt=one.started_at)
    is_there = Q(copy__moved_at=None) | ~came_back
    return TO_SETTLE & Q(finding=Finding.MISSING) & in_states(one.states, before="copy__") & is_there
