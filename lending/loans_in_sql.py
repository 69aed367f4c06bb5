"""What statements about many loans are made of: lists of ids as one parameter, and what `facts_of` tells of a loan as
columns, for events that the database makes itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kernel.storage.databases import connection_of
from kernel.storage.lookups import AMONG, one_parameter

IS_OUT = "COALESCE(line.ending, '') = ''"
"""Of a loan's lines. In the words of the index of all copies that are out PostgreSQL would look through that one too,
for each loan, where it last counted when hardly any were."""
OUT = f"lending_loanline line WHERE line.loan_id = loan.id AND {IS_OUT}"
BY_COPY = {
    "postgresql": "(SELECT COALESCE(jsonb_object_agg(line.copy_id, {what}), '{{}}'::jsonb) FROM {out} AND {which})",
    "sqlite": "json((SELECT json_group_object(CAST(line.copy_id AS TEXT), {what}) FROM {out} AND {which}))",
}
"""An object of something of the copies that are out, by their ids."""
DETAILS = {
    "items_out": ("line.items", "line.items > 0"),
    "claimed": ("line.claimed_on", "line.claimed_on IS NOT NULL"),
}
"""What few copies have: the value, and which."""
ANY = "EXISTS (SELECT 1 FROM {out} AND {which})"
BETWEEN = "lending_loanline line WHERE line.loan_id BETWEEN %s AND %s AND line.ending = ''"
FACTS = {
    "loan": "loan.id",
    "version": "loan.version",
    "patron": "loan.patron_id",
    "book": "loan.book_id",
    "title": "loan.title",
    "status": "loan.status",
    "quantity": "loan.quantity",
    "outstanding": f"(SELECT count(*) FROM {OUT})",  # noqa: S608  no values
    "due_on": "loan.due_on",
    "terms": "loan.terms_id",
}


def facts_in_sql(loans: Sequence[int]) -> Mapping[str, str]:
    """The fields of `facts_of`, where the loan's row is called `loan`, but for when it happened; for events about these
    loans, under the locks of their patrons. Without what none of them has: to look that up in each row costs as much
    as the rest of an event."""
    by_copy = BY_COPY[connection_of("lending").vendor]
    had = [detail for detail, any_has in zip(DETAILS.items(), _in_detail(loans), strict=True) if any_has]
    return {**FACTS, **{name: by_copy.format(what=what, out=OUT, which=which) for name, (what, which) in had}}


def _in_detail(loans: Sequence[int]) -> Sequence[bool]:
    """Of each of the details, whether a copy has it that is out with any loan from the first to the last of these."""
    asked = ", ".join(ANY.format(out=BETWEEN, which=which) for _what, which in DETAILS.values())
    with connection_of("lending").cursor() as cursor:
        cursor.execute(f"SELECT {asked}", [min(loans), max(loans)] * len(DETAILS))
        return cursor.fetchone()


def among() -> str:
    """What stands behind a column that is to be among the ids of one parameter."""
    return AMONG[connection_of("lending").vendor]


def ids_in_sql(ids: Sequence[int]) -> Any:
    """Ids as one parameter."""
    return one_parameter(ids, connection_of("lending").vendor)


def moment_in_sql(moment: datetime) -> Any:
    """A moment as a parameter."""
    return connection_of("lending").ops.adapt_datetimefield_value(moment)
