"""Copies on the staff side."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.admin.history import history_of_copy
from catalog.admin.withdrawn import FOR_LOAN, Withdrawn, desk_links, may_see_the_desk, where_shown
from catalog.forms import CopyForm
from catalog.models import Copy
from catalog.services import revise_copy, withdraw_copy
from kernel.staff.admins import StaffAdmin
from kernel.staff.chosen import taken_to
from kernel.staff.lists import Condition, FewValues, begins_with


class Where(FewValues):
    """Copies by where they are: nearly all on their shelves or on loan."""

    common = ("shelf", "loan")


@admin.register(Copy)
class CopyAdmin(StaffAdmin):
    """Copies; they are added on their book's page, and changed here through the catalogue's service."""

    form = CopyForm
    list_display = ("barcode", "book", "where", "room", "type", FOR_LOAN, "shelving_mark", "volume")
    sortable_by = ("barcode",)
    list_select_related = ("book", "type")
    list_filter = (Withdrawn, ("place", Where), ("condition", Condition), "for_loan", "type")
    search_fields = ("barcode__startswith",)
    search_help_text = _("The beginning of a barcode")
    fields = ("book", *CopyForm.Meta.fields, "where", "desk_links", "added_at", "withdrawn_at")
    readonly_fields = ("book", "where", "desk_links", "added_at", "withdrawn_at")
    actions = ("withdraw", "labels")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Copy], search_term: str) -> Any:
        """By the beginning of a barcode, as it was typed or scanned."""
        return (queryset.filter(begins_with("barcode", search_term)) if search_term.strip() else queryset), False

    @admin.display(description=_("where"))
    def where(self, copy: Copy) -> str:
        """On the shelf, on loan or withdrawn, and its condition where that is not in order."""
        return where_shown(copy)

    def get_fields(self, request: HttpRequest, obj: Copy | None = None) -> Any:
        """Links to lending's pages for those who may see them."""
        return [name for name in self.fields if name != "desk_links" or may_see_the_desk(request)]

    @admin.display(description=_("at the desk"))
    def desk_links(self, copy: Copy) -> str:
        """Who has it, its marks, and what became of it."""
        return desk_links(copy)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What became of it, which lending's page has; for who may not see that, who changed its record."""
        if not self.has_view_permission(request):
            return super().history_view(request, object_id, extra_context)
        copy = get_object_or_404(Copy, pk=object_id)
        if may_see_the_desk(request):
            return redirect("admin:lending_copy_history", copy.pk)
        return history_of_copy(self, request, copy)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Not here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Copy | None = None) -> bool:
        """A withdrawn copy stays as it was."""
        return super().has_change_permission(request, obj) and not (obj and obj.withdrawn_at)

    def save_model(self, request: HttpRequest, obj: Copy, form: Any, change: bool) -> None:
        """Changes what was typed anew."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        if "type" in changes:
            changes["type"] = changes["type"].pk if changes["type"] else None
        revise_copy(obj.pk, now=timezone.now(), **changes)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Whether the person may withdraw copies."""
        return request.user.has_perm("catalog.withdraw_copy")

    def fits(self, action: str, thing: Copy) -> bool:
        """What is withdrawn is not withdrawn again."""
        return thing.withdrawn_at is None

    @admin.action(description=_("Print labels"), permissions=["change"])
    def labels(self, request: HttpRequest, queryset: QuerySet[Copy]) -> HttpResponse:
        """Leads to the page that prints them."""
        return taken_to(request, "printing_labels", "copies", queryset.values_list("pk", flat=True))

    @admin.action(description=_("Withdraw"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Copy]) -> HttpResponse | None:
        """Withdraws the copies, after a page that asks."""
        if "confirmed" not in request.POST:
            sentence = _("These copies leave the shelf for good.")
            return self.confirmation(
                request, queryset, action="withdraw", title=_("Withdraw copies"), sentence=sentence
            )
        now = timezone.now()
        self.for_each(request, queryset, lambda copy: withdraw_copy(copy.pk, now=now), _("Withdrawn: %(count)s."))
        return None
