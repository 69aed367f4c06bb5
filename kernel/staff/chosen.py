"""What somebody has chosen in a list, taken along to a page that does something with it."""

import secrets
from collections.abc import Iterable

from django.http import HttpRequest
from django.http.response import HttpResponseRedirectBase
from django.urls import reverse

CHOSEN = "chosen"
MOST_KEPT = 5
"""So many choices of a session are kept, as somebody may have several windows open."""


class SeeOther(HttpResponseRedirectBase):
    """Leads on from an action, also from one on a thing's own page."""

    status_code = 303


def taken_to(request: HttpRequest, page: str, name: str, ids: Iterable[int]) -> SeeOther:
    """Leads to that page of the staff side, which finds the ids by `chosen_for`."""
    kept = request.session.get(CHOSEN, {})
    key = secrets.token_hex(4)
    kept[key] = [name, *ids]
    request.session[CHOSEN] = dict(list(kept.items())[-MOST_KEPT:])
    return SeeOther(f"{reverse(f'admin:{page}')}?{CHOSEN}={key}")


def chosen_for(request: HttpRequest, name: str) -> list[int]:
    """The ids that were chosen of that name's things, none where there was no such choice."""
    kept_as, *ids = request.session.get(CHOSEN, {}).get(request.GET.get(CHOSEN, ""), [""])
    return ids if kept_as == name else []
