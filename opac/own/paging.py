"""Lists of a patron's own things, so many on a page, each page beginning behind the last row of the one before."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from kernel.http.input.numbers import whole_number

ROWS = 20


def read_from(request: HttpRequest) -> int:
    """The id of the row behind which the page begins; 0 for the first page, and for what is no id."""
    try:
        return whole_number(request.GET.get("before", ""), least=1)
    except ValueError:
        return 0


def page_of_rows(rows: QuerySet[Any], before: int) -> dict[str, Any]:
    """The rows of a page, whether it is the first, and behind which row the next one begins, if there is one."""
    found = list(rows[: ROWS + 1])
    older = found[ROWS - 1].pk if len(found) > ROWS else 0
    return {"rows": found[:ROWS], "is_first": not before, "older": older}
