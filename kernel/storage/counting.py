"""Several numbers of several tables in one statement."""

from typing import Any

from django.db.models import Aggregate, Count, QuerySet, Value
from django.db.models.expressions import Combinable

ROWS = Count("pk")


def count_several(**wanted: "tuple[QuerySet[Any], Aggregate | Combinable] | QuerySet[Any]") -> dict[str, int]:
    """Of each name how many rows there are, or what the aggregate beside them comes to; 0 where it comes to nothing.

    The tables are in one database. `count_several(books=Book.objects.all(), copies=(Copy.objects.all(), Sum("n")))`.
    """
    parts = [_one_row(name, *(rows if isinstance(rows, tuple) else (rows, ROWS))) for name, rows in wanted.items()]
    return {name: number or 0 for name, number in parts[0].union(*parts[1:], all=True)}


def _one_row(name: str, rows: QuerySet[Any], aggregate: Aggregate | Combinable) -> QuerySet[Any]:
    named = rows.select_related(None).order_by().annotate(counted_name=Value(name)).values("counted_name")
    return named.annotate(counted_number=aggregate).values_list("counted_name", "counted_number")
