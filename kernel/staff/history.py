"""What happened to a thing, by whom, by which door and why: one page for the whole staff side."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST = 200
"""So many are shown, the newest."""


DOORS: Mapping[str, str | Promise] = {
    "api": _("API"),
    "admin": _("staff side"),
    "desk": _("desk"),
    "site": _("patrons' site"),
    "machine": _("machine"),
    "command": _("operator's command"),
    "schedule": _("schedule"),
}
"""Every door by which something is done, in words."""


class Happened(NamedTuple):
    """Something that happened: `what` is its event's name, `by` a person's id or None for the clock."""

    at: datetime
    what: str
    by: int | None
    via: str
    reason: str


def history_page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    thing: Any,
    entries: Sequence[Happened],
    words: Mapping[str, str | Promise],
    address: str,
    since: date | None = None,
) -> TemplateResponse:
    """The entries, the newest first; `words` are said for the events' names, and `address` is the thing's own page.
    `since` is the day from which on entries are kept, where that is not all of them."""
    people = _people(entries)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("History of %(thing)s") % {"thing": thing},
        "opts": model_admin.opts,
        "thing": thing,
        "address": address,
        "since": since,
        "entries": [
            entry._replace(
                what=str(words.get(entry.what, entry.what)), via=str(DOORS.get(entry.via, entry.via))
            )._asdict()
            | {"by": people.get(entry.by, "")}
            for entry in entries
        ],
    }
    return TemplateResponse(request, "admin/history_of_thing.html", context)


def _people(entries: Sequence[Happened]) -> Mapping[int | None, str]:
    """Who they are; of who is gone the id."""
    wanted = {entry.by for entry in entries if entry.by}
    found = {person.pk: str(person) for person in get_user_model().objects.filter(pk__in=wanted)}
    return {one: found.get(one, str(one)) for one in wanted}
