"""What the desk prints: slips for patrons, and the sheet of commands."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.queries import people
from desk.models import Act
from desk.scanning.account import account_of
from desk.scanning.meaning import Command
from desk.scanning.sitting import acts_of, sitting_of
from kernel.labels.bars import bars_of
from kernel.staff.site import staff_page
from lending.holds.queries import ready_holds

COMMANDS = {
    Command.NEXT: gettext_lazy("Next patron"),
    Command.UNDO: gettext_lazy("Undo the last act"),
    Command.RENEW: gettext_lazy("Renew all loans"),
    Command.SLIP: gettext_lazy("Print a slip"),
}


@staff_page("lending.add_loan")
def slip(request: HttpRequest) -> HttpResponse:
    """What a patron borrowed, renewed and brought back in this sitting, and all that is out, for a receipt printer or
    A4."""
    now, asked = timezone.now(), request.GET.get("patron", "")
    patron = get_object_or_404(people(), pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
    acts = acts_of(sitting_of(request, now), patron=patron.pk, voided_at=None)
    context = {
        "title": _("Slip"),
        "patron": patron,
        "account": account_of(patron, now),
        "brought_back": [act for act in acts if act.kind == Act.Kind.BACK],
        "now": now,
    }
    return _printed(request, "slip", context)


@staff_page("lending.view_hold")
def hold_slip(request: HttpRequest) -> HttpResponse:
    """What goes with a copy onto the hold shelf: for whom it is, and until when."""
    hold = get_object_or_404(ready_holds(), copy__barcode=request.GET.get("copy", ""))
    holder = get_object_or_404(people(), pk=hold.patron_id)
    return _printed(request, "hold_slip", {"title": _("Slip"), "hold": hold, "holder": holder})


@staff_page("lending.add_loan")
def commands(request: HttpRequest) -> HttpResponse:
    """The sheet of barcodes that stand in for buttons."""
    sheet = [{"label": label, "code": command.value, "bars": bars_of(command)} for command, label in COMMANDS.items()]
    return _printed(request, "commands", {"title": _("Barcodes that stand in for buttons"), "sheet": sheet})


def _printed(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, f"desk/{name}.html", {**admin.site.each_context(request), **context})
