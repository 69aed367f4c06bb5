"""Sheets of labels on the staff side, and the pages that print on them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import path

from kernel.staff.admins import StaffAdmin
from printing.models import LabelSheet
from printing.pages import cards, labels


@admin.register(LabelSheet)
class LabelSheetAdmin(StaffAdmin):
    """The library's own sheets are added, changed and deleted."""

    list_display = ("name", "columns", "rows", "width", "height")
    fields: ClassVar[Any] = (
        "name", "columns", "rows", "width", "height", "left", "top", "gap_x", "gap_y", "page_width", "page_height",
    )  # fmt: skip
    ordering = ("name",)

    def get_urls(self) -> list[Any]:
        """Beside the model's pages: labels and cards."""
        pages = {"labels": labels, "cards": cards}
        own = [
            path(f"{name}/", self.admin_site.admin_view(page), name=f"printing_{name}") for name, page in pages.items()
        ]
        return [*own, *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing depends on a sheet."""
        return request.user.has_perm("printing.delete_labelsheet")
