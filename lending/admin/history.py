"""What became of copies and patrons, on the staff side."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.staff import history
from kernel.staff.history import Happened
from lending.history.queries import Source, newest_first

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
    "PatronBlocked": _("blocked"),
    "BlockLifted": _("block lifted"),
    "PatronSuspended": _("suspended for a late return"),
    "SuspensionLifted": _("suspension lifted"),
    "HoldPlaced": _("hold placed"),
    "HoldMoved": _("hold moved"),
    "HoldSuspended": _("hold suspended"),
    "HoldResumed": _("hold waits again"),
    "HoldReady": _("ready on the hold shelf"),
    "HoldCollected": _("hold collected"),
    "HoldCancelled": _("hold cancelled"),
    "HoldExpired": _("hold not collected in time"),
}


def history_page(
    model_admin: admin.ModelAdmin, request: HttpRequest, thing: Any, sources: Sequence[Source], address: str
) -> TemplateResponse:
    """The newest entries of a history; `address` is the thing's own page."""
    entries = newest_first(sources, history.MOST)
    happened = [Happened(entry.place.at, entry.what, entry.by, entry.via, entry.reason) for entry in entries]
    return history.history_page(model_admin, request, thing, happened, WORDS, address)
