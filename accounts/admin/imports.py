"""Files of patrons from other systems, what is in doubt about them, and the table of categories."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.importing.known import KIND
from accounts.models import CategoryRule, PatronDoubt, PatronImport
from kernel.importing.staff.doubts import DoubtAdmin
from kernel.importing.staff.imports import ImportAdmin
from kernel.staff.admins import StaffAdmin

PERMISSION = "accounts.import_patrons"


@admin.register(PatronImport)
class PatronImportAdmin(ImportAdmin):
    """Imports of patrons."""

    kind_name = KIND
    permission = PERMISSION
    doubts = PatronDoubt


@admin.register(PatronDoubt)
class PatronDoubtAdmin(DoubtAdmin):
    """Doubts about patrons. A card has one holder, so a record is about that person or about nobody."""

    kind_name = KIND
    permission = PERMISSION
    actions = ("same", "aside")


@admin.register(CategoryRule)
class CategoryRuleAdmin(StaffAdmin):
    """The table by which imported patrons get their category."""

    list_display = ("value", "category")
    list_select_related = ("category",)
    fields: ClassVar[Any] = ("value", "category")
    search_fields = ("value",)
    search_help_text = _("Code or name elsewhere")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing depends on a rule: patrons keep the categories that they have."""
        return request.user.has_perm("accounts.delete_categoryrule")
