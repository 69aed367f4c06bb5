"""Histories of copies and patrons, read where things are kept already: loans, returns, and what else was done."""

from collections.abc import Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import NamedTuple

from django.db.models import Q, QuerySet, Sum

from lending.models import Act, Loan, LoanLine, Return


class Place(NamedTuple):
    """Where something stands in a history: its time, its kind, and its row's id."""

    at: datetime
    kind: int
    row: int


class Entry(NamedTuple):
    """Something that was done: `what` is its event's name, `by` a person's id or None for the clock."""

    place: Place
    what: str
    by: int | None
    via: str
    reason: str


Rows = QuerySet[LoanLine] | QuerySet[Loan] | QuerySet[Return] | QuerySet[Act]


class Source(NamedTuple):
    """Rows of a kind, the columns that make an entry of them, and the name of the event where it is no column."""

    rows: Rows
    columns: Sequence[str]
    what: str = ""


ACT = ("at", "pk", "by", "via", "reason", "what")


def history_of_copy(copy_id: int) -> Sequence[Source]:
    """Where to read what became of a copy."""
    lines = LoanLine.objects.filter(copy=copy_id)
    on_its_loans = Q(copy=None, loan__in=lines.values("loan"))
    voided = Return.objects.filter(voided_at__isnull=False, loan__in=lines.values("loan"))
    return (
        Source(lines.filter(loan__borrowed_at__isnull=False), _by_request("borrowed_at", "loan__"), "BookBorrowed"),
        Source(lines.filter(brought_back__isnull=False), _by_request("returned_at", "brought_back__"), "BookReturned"),
        Source(Act.objects.filter(Q(copy=copy_id) | on_its_loans), ACT),
        Source(voided, _by_request("returned_at"), "BookReturned"),
    )


def history_of_patron(patron_id: int) -> Sequence[Source]:
    """Where to read what a patron borrowed and brought back, and what was done about it."""
    loans = Loan.objects.filter(patron=patron_id, borrowed_at__isnull=False)
    returns = Return.objects.filter(loan__patron=patron_id)
    return (
        Source(loans, _by_request("borrowed_at"), "BookBorrowed"),
        Source(returns, _by_request("returned_at"), "BookReturned"),
        Source(Act.objects.filter(patron=patron_id), ACT),
    )


def newest_first(history: Sequence[Source], most: int, before: Place | None = None) -> list[Entry]:
    """So many entries, the newest first; with a place, those before it."""
    parts = [_entries(source, kind, most, before, "-") for kind, source in enumerate(history)]
    return list(islice(merge(*parts, key=lambda entry: entry.place, reverse=True), most))


def nearest_after(history: Sequence[Source], most: int, after: Place) -> list[Entry]:
    """So many entries after a place, those nearest to it, the newest first."""
    parts = [_entries(source, kind, most, after, "") for kind, source in enumerate(history)]
    return list(islice(merge(*parts, key=lambda entry: entry.place), most))[::-1]


def _by_request(moment: str, of: str = "") -> Sequence[str]:
    """The columns of an entry about a request that was kept."""
    return (f"{of}{moment}", "pk", f"{of}requested_by", f"{of}requested_via", f"{of}requested_because")


def _entries(source: Source, kind: int, most: int, place: Place | None, order: str) -> list[Entry]:
    moment, rows = source.columns[0], source.rows
    if place:
        beyond = "lt" if order else "gt"
        beside = Q(**{moment: place.at}) & _beside(kind, place, beyond)
        rows = rows.filter(Q(**{f"{moment}__{beyond}": place.at}) | beside)
    found = rows.order_by(f"{order}{moment}", f"{order}pk").values_list(*source.columns)[:most]
    return [
        Entry(Place(at, kind, row), what[0] if what else source.what, by, via, reason)
        for at, row, by, via, reason, *what in found
    ]


def _beside(kind: int, place: Place, beyond: str) -> Q:
    """Which rows of a kind stand beyond a place of the same moment."""
    if kind == place.kind:
        return Q(**{f"pk__{beyond}": place.row})
    is_beyond = kind < place.kind if beyond == "lt" else kind > place.kind
    return Q(pk__isnull=not is_beyond)


def copies_borrowed_by_patron(since: datetime, before: datetime, most: int) -> list[tuple[int, int]]:
    """Who borrowed the most copies in a time, as far as it is kept whose loans they were: the ids, with how many."""
    made = Loan.objects.filter(borrowed_at__gte=since, borrowed_at__lt=before).exclude(patron=None)
    counted = made.exclude(status=Loan.Status.CANCELLED).order_by().values("patron").annotate(copies=Sum("quantity"))
    return list(counted.order_by("-copies", "patron").values_list("patron", "copies")[:most])
