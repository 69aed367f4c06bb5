"""Rows under the thing that they belong to, to look at."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html


class FirstHundred(forms.BaseInlineFormSet):
    """Reads no more rows than a page can show."""

    def get_queryset(self) -> QuerySet[Any]:
        """The first hundred."""
        if not hasattr(self, "_shown"):
            self._shown = super().get_queryset()[:100]
        return self._shown


class ReadOnlyInline(admin.TabularInline):
    """Rows shown under the thing they belong to, the first hundred of them."""

    formset = FirstHundred
    extra = 0
    can_delete = False
    readonly_fields: ClassVar[Any] = ("opened",)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never here."""
        return False

    @admin.display(description="")
    def opened(self, thing: Model) -> str:
        """The thing's name, leading to its own page."""
        page = f"{thing._meta.app_label}_{thing._meta.model_name}_change"
        return format_html('<a href="{}">{}</a>', reverse(f"{self.admin_site.name}:{page}", args=[thing.pk]), thing)
