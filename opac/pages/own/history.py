"""My history: what I have brought back."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse

from lending.queries import returned_loans_of
from opac.own.away import unless_away
from opac.own.paging import page_of_rows, read_from
from opac.site import patrons_page, shown


@patrons_page
def history(request: HttpRequest) -> HttpResponse:
    """One's own returned loans, the last first."""
    user: Any = request.user
    before = read_from(request)
    page = unless_away(partial(_page, user.pk, before))
    return shown(request, "history.html", page if page is not None else {"is_away": True})


def _page(patron_id: int, before: int) -> dict[str, Any]:
    return page_of_rows(returned_loans_of(patron_id, before), before)
