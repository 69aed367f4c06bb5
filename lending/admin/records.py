"""The rows beside loans on the staff side, to look at."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from kernel.labels.reading import BARCODE, searched
from kernel.staff.admins import ReadModelAdmin, ReadOnlyAdmin
from kernel.staff.columns import Called, patron_column, words_column
from lending.admin.filters.counted import Back
from lending.admin.policy_words import CHOICE_WORDS
from lending.models import DeferredReturn, FailedAttempt, LoanLine, Return

LEADS_TO = words_column("late_as", _("leads to"), CHOICE_WORDS)


@admin.register(LoanLine)
class LoanLineAdmin(Called, ReadModelAdmin):
    """The copies of all loans."""

    list_display = ("number", "loan", "copy", "ending", "ended_at")
    sortable_by = ("number",)
    list_select_related = ("loan", "copy")
    list_filter = ("ending",)
    search_fields = ("copy__barcode__anycase",)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[LoanLine], search_term: str) -> Any:
        """By a barcode, as it was typed or scanned."""
        return super().get_search_results(request, queryset, searched(search_term, BARCODE))

    def called(self, thing: LoanLine) -> str:
        """Which copy of which loan."""
        return f"{thing.loan} · {thing.copy}"


@admin.register(Return)
class ReturnAdmin(Called, ReadOnlyAdmin):
    """What came back, and how late."""

    list_display = ("number", "loan", "quantity", "returned_at", "returned_on", "days_late", "voided_at")
    sortable_by = ("number", "returned_at")
    list_select_related = ("loan",)
    list_filter = (Back,)
    search_fields = ("loan__id__typed",)
    search_help_text = _("The number of a loan")
    fields: ClassVar[Any] = (
        *("loan", patron_column, "quantity", "returned_at", "returned_on"),
        *("days_late", "days_counted", LEADS_TO, "suspension_days", "late_items", "voided_at"),
    )
    readonly_fields: ClassVar[Any] = (patron_column, LEADS_TO)

    def called(self, thing: Return) -> str:
        """Which loan came back, and when."""
        return f"{thing.loan} · {localize(thing.returned_on)}"


@admin.register(FailedAttempt)
class FailedAttemptAdmin(Called, ReadOnlyAdmin):
    """Requested loans and deferred returns that could not be done yet, with the error; they are tried again."""

    list_display = ("number", "loan", "deferred_return", "attempts", "failed_at", "not_before")
    list_select_related = ("loan", "deferred_return")
    fields = ("loan", "deferred_return", "attempts", "failed_at", "not_before", "error")

    def called(self, thing: FailedAttempt) -> str:
        """Which loan was asked for, or was to come back."""
        return str(thing.loan or (thing.deferred_return and thing.deferred_return.loan))


@admin.register(DeferredReturn)
class DeferredReturnAdmin(Called, ReadOnlyAdmin):
    """Returns accepted under overload, and what became of them."""

    list_display = ("number", "loan", "quantity", "barcode", "asked_at", "done_at", "refusal")
    list_select_related = ("loan",)
    search_fields = ("loan__id__typed",)
    search_help_text = _("The number of a loan")

    def called(self, thing: DeferredReturn) -> str:
        """Which loan is to come back."""
        return str(thing.loan)
