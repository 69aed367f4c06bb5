"""What became of copies and patrons, on the staff side."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lending.history.queries import Entry, Source, newest_first

MOST = 200
"""So many are shown, the newest."""
WORDS: Mapping[str, str | Promise] = {
    "BookBorrowed": _("lent"),
    "BookReturned": _("brought back"),
    "LoanRenewed": _("renewed"),
    "DueDateChanged": _("due date set"),
    "LoanCancelled": _("request cancelled"),
    "LoanUndone": _("loan undone"),
    "RenewalUndone": _("renewal undone"),
    "ReturnUndone": _("return undone"),
    "CopyLost": _("marked as lost"),
    "CopyFound": _("found"),
    "CopyReplaced": _("replaced by the same book"),
    "CopyConditionChanged": _("condition changed"),
}


def history_page(
    model_admin: admin.ModelAdmin, request: HttpRequest, thing: Any, history: Sequence[Source], address: str
) -> TemplateResponse:
    """The newest entries of a history, with who did what, by which door and why; `address` is the thing's own page."""
    entries = newest_first(history, MOST)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("History of %(thing)s") % {"thing": thing},
        "opts": model_admin.opts,
        "thing": thing,
        "address": address,
        "entries": [_shown(entry, names) for names in [_names(entries)] for entry in entries],
    }
    return TemplateResponse(request, "admin/lending/history.html", context)


def _shown(entry: Entry, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "at": entry.place.at,
        "what": WORDS.get(entry.what, entry.what),
        "by": names.get(entry.by, str(entry.by)) if entry.by else "",
        "via": entry.via,
        "reason": entry.reason,
    }


def _names(entries: Sequence[Entry]) -> Mapping[int, str]:
    people = get_user_model().objects.filter(pk__in={entry.by for entry in entries if entry.by})
    return {person.pk: str(person) for person in people}
