"""Types of copies on the staff side, and which type an imported copy gets."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.models import CopyType, TypeRule
from catalog.services import add_copy_type, revise_copy_type
from kernel.staff.admins import StaffAdmin


@admin.register(CopyType)
class CopyTypeAdmin(StaffAdmin):
    """Types are added and renamed; a code stays."""

    list_display = ("code", "name_ko", "name_en")
    fields = ("code", "name_ko", "name_en")
    search_fields = ("code", "name_ko", "name_en")
    search_help_text = _("Code or name")

    def get_readonly_fields(self, request: HttpRequest, obj: CopyType | None = None) -> Any:
        """The code of a type that is there."""
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: CopyType, form: Any, change: bool) -> None:
        """Adds or renames the type."""
        if change:
            revise_copy_type(obj.pk, **{name: form.cleaned_data[name] for name in form.changed_data})
        else:
            add_copy_type(**form.cleaned_data)


@admin.register(TypeRule)
class TypeRuleAdmin(StaffAdmin):
    """The table by which imported copies get their type; the first rule of a kind that fits counts."""

    list_display = ("by", "value", "type")
    list_filter = ("by",)
    fields: ClassVar[Any] = ("by", "value", "type")
    search_fields = ("value",)
    search_help_text = _("Mark, letters or room")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing depends on a rule: copies keep the types that they have."""
        return request.user.has_perm("catalog.delete_typerule")
