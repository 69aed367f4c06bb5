"""The pages on which labels and cards are chosen, looked at and printed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from catalog.models import BookImport
from kernel.staff.chosen import chosen_for
from kernel.staff.site import staff_page
from printing import choosing
from printing.forms import CardForm, LabelForm, SheetForm
from printing.pdf import written
from printing.preview import picture

MOST_IMPORTS = 5


@staff_page("catalog.change_copy")
def labels(request: HttpRequest) -> HttpResponse:
    """Labels for copies: chosen in a list, by an import, or scanned."""
    context: dict[str, Any] = {"title": _("Labels for copies"), "imports": _imports(request)}
    return _answered(request, LabelForm, _barcodes(request), "labels", context)


@staff_page("accounts.change_user")
def cards(request: HttpRequest) -> HttpResponse:
    """Cards for patrons: chosen in a list, or scanned."""
    numbers = choosing.numbers_of(chosen) if (chosen := chosen_for(request, "patrons")) else []
    return _answered(request, CardForm, numbers, "cards", {"title": _("Cards for patrons")})


def _answered(
    request: HttpRequest, form_class: type[SheetForm], numbers: list[str], name: str, context: dict[str, Any]
) -> HttpResponse:
    form = form_class(request.POST or None, initial={"numbers": numbers})
    if request.method == "POST" and form.is_valid():
        if "print" in request.POST:
            pdf = written(form.drawn, form.shape, form.first, framed=form.cleaned_data["framed"])
            headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
            return HttpResponse(pdf, content_type="application/pdf", headers=headers)
        sheets = -(-(form.first + len(form.drawn)) // form.shape.places)
        count = _("Labels: %(labels)s, on sheets: %(sheets)s.") % {"labels": len(form.drawn), "sheets": sheets}
        context |= {"picture": picture(form.drawn, form.shape, form.first, _("The first sheet")), "count": count}
    return TemplateResponse(
        request, "printing/sheet.html", {**admin.site.each_context(request), **context, "form": form}
    )


def _barcodes(request: HttpRequest) -> list[str]:
    if copies := chosen_for(request, "copies"):
        return choosing.barcodes_of(copies=copies)
    if books := chosen_for(request, "books"):
        return choosing.barcodes_of(books=books)
    run = request.GET.get("import", "")
    return choosing.barcodes_of(run=int(run)) if run.isdecimal() and len(run) < 19 else []


def _imports(request: HttpRequest) -> Any:
    """The last ones that added books, for who may see imports."""
    if not request.user.has_perm("catalog.import_books"):
        return ()
    return BookImport.objects.filter(kind="books", added__gt=0).order_by("-pk")[:MOST_IMPORTS]
