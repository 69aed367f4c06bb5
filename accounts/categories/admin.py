"""Categories of patrons on the staff side."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.categories.models import Category
from accounts.categories.services import add_category, revise_category
from kernel.staff.admins import StaffAdmin


@admin.register(Category)
class CategoryAdmin(StaffAdmin):
    """Categories are added and renamed; a code stays."""

    list_display = ("code", "name_ko", "name_en")
    fields = ("code", "name_ko", "name_en")
    search_fields = ("code", "name_ko", "name_en")
    search_help_text = _("Code or name")

    def get_readonly_fields(self, request: HttpRequest, obj: Category | None = None) -> Any:
        """The code of a category that is there."""
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        """Adds or renames the category."""
        if change:
            revise_category(obj.pk, **{name: form.cleaned_data[name] for name in form.changed_data})
        else:
            add_category(**form.cleaned_data)
