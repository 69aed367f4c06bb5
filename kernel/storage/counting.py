"""Several numbers of several tables in one statement."""

from typing import Any

from django.db import connections
from django.db.models import Aggregate, QuerySet, Value
from django.db.models.expressions import Combinable

MOST_COUNTED = 100_000
"""Rows are counted to here: a number that is as great stands for so many or more."""


def count_several(**wanted: "tuple[QuerySet[Any], Aggregate | Combinable] | QuerySet[Any]") -> dict[str, int]:
    """Of each name how many rows there are, `MOST_COUNTED` at the most, or what the aggregate beside them comes to; 0
    where it comes to nothing.

    The tables are in one database. `count_several(books=Book.objects.all(), copies=(Copy.objects.all(), Sum("n")))`.
    """
    parts = [_summed(*rows) if isinstance(rows, tuple) else _counted(rows) for rows in wanted.values()]
    alias = parts[0][0]
    selected = ", ".join(f"({sql})" for _alias, sql, _parameters in parts)
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT {selected}", [one for _alias, _sql, parameters in parts for one in parameters])
        return {name: int(number or 0) for name, number in zip(wanted, cursor.fetchone(), strict=True)}


Part = tuple[str, str, tuple[Any, ...]]


def _counted(rows: QuerySet[Any]) -> Part:
    every = rows.select_related(None).order_by().annotate(one=Value(1)).values("one")  # an index alone has that
    alias, sql, parameters = _compiled(every[:MOST_COUNTED])
    return alias, f"SELECT COUNT(*) FROM ({sql}) counted", parameters  # noqa: S608  as Django composed it


def _summed(rows: QuerySet[Any], aggregate: Aggregate | Combinable) -> Part:
    one_group = rows.select_related(None).order_by().annotate(one_group=Value(1)).values("one_group")
    return _compiled(one_group.annotate(number=aggregate).values("number"))


def _compiled(rows: QuerySet[Any]) -> Part:
    sql, parameters = rows.query.get_compiler(using=rows.db).as_sql()
    return rows.db, sql, parameters
