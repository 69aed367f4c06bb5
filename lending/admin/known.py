"""What lending knows of other contexts' things, for operators."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import ReadModelAdmin
from kernel.staff.columns import money_column, worded_column
from kernel.staff.lists import begins_with
from lending.models import Book, Copy, Debt, Patron
from lending.queries import holders_of

WITHDRAWN = worded_column("withdrawn", _("withdrawn"), yes=_("withdrawn"))


@admin.register(Book)
class KnownBookAdmin(ReadModelAdmin):
    """What lending knows of books."""

    list_display = ("id", "title", "revision", WITHDRAWN)
    search_fields = ("id__exact",)
    list_filter = ("withdrawn",)


@admin.register(Copy)
class KnownCopyAdmin(ReadModelAdmin):
    """What lending knows of copies."""

    list_display = ("barcode", "book", "place", "condition", WITHDRAWN, "moves")
    list_select_related = ("book",)
    search_fields = ("barcode__startswith",)
    list_filter = ("place", "condition", "withdrawn")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Copy], search_term: str) -> Any:
        """By the beginning of a barcode, as it was typed or scanned."""
        return (queryset.filter(begins_with("barcode", search_term)) if search_term.strip() else queryset), False


@admin.register(Patron)
class KnownPatronAdmin(ReadModelAdmin):
    """The accounts at the lending desk."""

    list_display = ("user",)
    list_select_related = ()
    search_fields = ("pk",)
    search_help_text = _("A card number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Patron]:
        """Accounts with their patrons."""
        return super().get_queryset(request).prefetch_related("user")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Patron], term: str) -> Any:
        """By card number."""
        return (queryset.filter(pk__in=holders_of(term.strip())) if term.strip() else queryset), False


@admin.register(Debt)
class KnownDebtAdmin(ReadModelAdmin):
    """What lending knows of debts."""

    list_display = ("fine", "patron_id", money_column("owed", _("owed")), "version")
    search_fields = ("patron_id__exact",)
