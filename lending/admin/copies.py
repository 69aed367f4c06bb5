"""Copies at the desk: where each is, who has it, what became of it, and its marks."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import ReadModelAdmin
from kernel.staff.columns import worded_column, yes_or_no
from kernel.staff.forms import ReasonForm
from kernel.staff.lists import Condition, RareValues, begins_with
from lending.admin.history import history_page
from lending.deferral.desk import admit
from lending.history.queries import history_of_copy
from lending.marks.rules import Mark
from lending.marks.services import mark_copy
from lending.models import Copy, Loan
from lending.stock.shelf import loan_that_has

WITHDRAWN = worded_column("withdrawn", _("withdrawn"), yes=_("withdrawn"))
IS_WITHDRAWN, FOR_LOAN = yes_or_no("withdrawn", _("withdrawn")), yes_or_no("for_loan", _("for loan"))
MARKS = {
    Mark.LOST: _("lost"),
    Mark.FOUND: _("found"),
    Mark.REPLACED: _("replaced by the same book"),
    Mark.CLAIMED_RETURNED: _("claimed returned"),
    Mark.DAMAGED: _("damaged"),
    Mark.MISSING: _("missing"),
    Mark.IN_REPAIR: _("in repair"),
    Mark.AVAILABLE: _("in order again"),
}


class Marking(ReasonForm):
    """What the copies are marked as, and why."""

    mark = forms.ChoiceField(label=_("mark as"), choices=[(mark.value, words) for mark, words in MARKS.items()])
    barcode = forms.CharField(label=_("barcode of the copy that replaces it"), max_length=32, required=False)
    field_order = ("mark", "reason", "barcode")


class Place(RareValues):
    """Copies by where they are: nearly all on their shelves or on loan."""

    common = ("shelf", "loan")


@admin.register(Copy)
class KnownCopyAdmin(ReadModelAdmin):
    """Copies as lending knows them. They are marked here."""

    has_history = True
    list_display = ("barcode", "book", "place", "condition", WITHDRAWN, "moves")
    sortable_by = ()
    list_select_related = ("book",)
    search_fields = ("barcode__startswith",)
    list_filter = (("place", Place), ("condition", Condition), "withdrawn")
    fields = (
        "barcode",
        "book",
        "type",
        FOR_LOAN,
        "place",
        "condition",
        "who_has_it",
        "price",
        "items",
        "missing_items",
        IS_WITHDRAWN,
    )
    readonly_fields = (FOR_LOAN, "who_has_it", IS_WITHDRAWN)
    actions = ("mark",)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Copy], search_term: str) -> Any:
        """By the beginning of a barcode, as it was typed or scanned."""
        return (queryset.filter(begins_with("barcode", search_term)) if search_term.strip() else queryset), False

    @admin.display(description=_("who has it"))
    def who_has_it(self, copy: Copy) -> str:
        """The loan, and its patron by name."""
        loan = Loan.objects.filter(pk=loan_that_has(copy.pk) or 0).prefetch_related("patron").first()
        if loan is None:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("admin:lending_loan_change", args=[loan.pk]), loan.patron)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What became of the copy."""
        if not self.has_view_permission(request):
            return super().history_view(request, object_id, extra_context)
        copy = get_object_or_404(Copy, pk=object_id)
        return history_page(self, request, copy, history_of_copy(copy.pk), self._address_of(copy.pk))

    def has_mark_permission(self, request: HttpRequest) -> bool:
        """Whether the person may mark copies."""
        return request.user.has_perm("lending.mark_copy")

    def fits(self, action: str, thing: Copy) -> bool:
        """What is withdrawn stays as it is."""
        return not thing.withdrawn

    @admin.action(description=_("Mark"), permissions=["mark"])
    def mark(self, request: HttpRequest, queryset: QuerySet[Copy]) -> HttpResponse | None:
        """Marks the copies, after a page that asks as what and why."""
        form = Marking(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            sentence = _("Lost, found, replaced, damaged, missing, in repair: what follows for loans is done at once.")
            return self.confirmation(
                request, queryset, action="mark", title=_("Mark copies"), sentence=sentence, form=form
            )
        wanted = {**form.cleaned_data, "mark": Mark(form.cleaned_data["mark"]), "now": timezone.now()}
        done = _("Marked “%(mark)s”: %(count)s.") % {"mark": MARKS[wanted["mark"]], "count": "%(count)s"}
        self.for_each(request, queryset, lambda copy: admit(partial(mark_copy, copy.pk, **wanted)), done)
        return None
