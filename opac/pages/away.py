"""What pages of books say while the catalogue can't be read."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from kernel.storage.databases import is_out_of_reach
from lending.models import Loan
from opac.own.away import unless_away
from opac.site import shown

WAIT = 30
"""Seconds after which a program may ask again."""
logger = logging.getLogger(__name__)


def calm_without_catalogue(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that says so in place of the view's, while the catalogue is away; not where lending is away with it, which
    the page would promise."""

    @wraps(view)
    def calm(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DatabaseError as error:
            if not is_out_of_reach(error) or unless_away(Loan.objects.exists) is None:
                raise
            logger.warning("the catalogue can't be read: %s", error)
        answer = shown(request, "catalogue_away.html", status=503)
        answer.headers["Retry-After"] = str(WAIT)
        return answer

    return calm
