"""The page on which the catalogue's books are taken along as a file."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.exporting.files import FORMATS, too_long, written
from catalog.exporting.marc import TooLongForMarc
from catalog.models import Book

TYPES = {".mrc": "application/marc", ".xml": "application/xml", ".csv": "text/csv; charset=utf-8"}
CHOICES = [
    ("kormarc", _("KORMARC (.mrc), for KOLAS and other Korean systems")),
    ("marc21", _("MARC 21 (.mrc), for Koha and others")),
    ("marcxml", _("MARCXML (.xml)")),
    ("kormarcxml", _("KORMARC in XML (.xml)")),
    ("csv", _("table for a spreadsheet (.csv): a line for each copy")),
]


class ExportForm(forms.Form):
    """In which format, and whether books that are too long for it may be left out."""

    format = forms.ChoiceField(label=_("format"), choices=CHOICES, widget=forms.RadioSelect, initial="csv")
    left_out = forms.BooleanField(
        label=_("leave out what is too long"), required=False, help_text=_("Only the .mrc formats have a limit.")
    )

    def clean(self) -> dict[str, Any]:
        """The choices. Raises `ValidationError` that names books which are too long, unless they may be left out."""
        fields = super().clean() or self.cleaned_data
        asked = "format" in fields and not fields["left_out"]
        if asked and (refused := [str(refusal) for refusal in too_long(Book.objects.all(), fields["format"])]):
            raise forms.ValidationError(refused)
        return fields


def export_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse | StreamingHttpResponse:
    """Asks for the format, then gives the file: all books with their copies, the withdrawn left out."""
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _file(form.cleaned_data["format"])
    title = {"title": _("Take the books along"), "form": form, "books": Book.objects.filter(withdrawn_at=None).count()}
    return TemplateResponse(request, "catalog/export.html", context | title)


def _file(form: str) -> StreamingHttpResponse:
    refused: list[TooLongForMarc] = []  # the person knows of them by now
    pieces = written(Book.objects.all(), form, language=get_language() or "en", refuse=refused.append)
    answer = StreamingHttpResponse(pieces, content_type=TYPES[FORMATS[form]])
    answer["Content-Disposition"] = f'attachment; filename="books-{timezone.localdate()}{FORMATS[form]}"'
    return answer
