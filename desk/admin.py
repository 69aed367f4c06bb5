"""What the desk sets for itself: how numbers of older labels and cards are read; and the list of stocktakings."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from catalog.models import Stocktaking
from desk.stocktaking.admin import StocktakingAdmin
from kernel.labels.models import NumberRule
from kernel.labels.rules import forget_rules
from kernel.staff.admins import StaffAdmin

admin.site.register(Stocktaking, StocktakingAdmin)


@admin.register(NumberRule)
class NumberRuleAdmin(StaffAdmin):
    """Rules are added, changed and deleted; numbers that were registered by them stay as they are."""

    list_display = ("kind", "before", "digits", "code", "length", "position")
    list_filter = ("kind",)
    fields: ClassVar[Any] = ("kind", "before", "digits", "code", "length", "position")
    ordering = ("position",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing depends on a rule."""
        return request.user.has_perm("labels.delete_numberrule")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keeps it; the doors of this process know it at once, those of others within seconds."""
        super().save_model(request, obj, form, change)
        forget_rules()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Deletes it, in the same way."""
        super().delete_model(request, obj)
        forget_rules()
