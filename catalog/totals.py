"""What the headers of a list of books tell of the search behind it."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response

from catalog.search.asking import Answer
from catalog.search.fallback import Fallback
from kernel.eventbus.telemetry.projection_lag import HEADER as BEHIND

TOTAL_HEADER, ANSWERED_BY = "Library-Total", "Library-Search"
TOTAL = OpenApiParameter(
    TOTAL_HEADER,
    {"type": "string", "pattern": r"^[0-9]+\+?$"},
    OpenApiParameter.HEADER,
    response=[200],
    description="With `q` or `author`: how many books answer, on all pages; with a plus behind it at least so many.",
)
SEARCHED = OpenApiParameter(
    ANSWERED_BY,
    {"type": "string", "enum": ["titles-only"]},
    OpenApiParameter.HEADER,
    response=[200],
    description="`titles-only` while the search index is missing: only ISBNs and beginnings of titles are found.",
)


def with_total(response: Response, answer: Answer, *, at_least: int | None = None) -> Response:
    """The answer, with the number of books, and whether something is not found at the moment.

    `at_least` is known where a filter is left to the database, so that nobody counted all.
    """
    by_titles = isinstance(answer.by, Fallback)
    plus = "+" if by_titles or at_least is not None else ""
    response[TOTAL_HEADER] = f"{answer.by.total if at_least is None else at_least}{plus}"
    if by_titles:
        response[ANSWERED_BY] = "titles-only"
    if answer.lag:
        response[BEHIND] = str(max(answer.lag, int(response.get(BEHIND) or 0)))
    return response
