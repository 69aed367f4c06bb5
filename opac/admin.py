"""Where librarians write what the site says of the library."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import StaffAdmin
from opac.library_page import forget_library_page
from opac.models import LibraryPage


@admin.register(LibraryPage)
class LibraryPageAdmin(StaffAdmin):
    """One page, which is written once and changed."""

    list_display = ("name", "phone", "email", "card_applications")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("name_ko", "name_en")}),
        (_("Front page"), {"fields": ("welcome_ko", "welcome_en")}),
        (_("Visiting"), {"fields": ("hours_ko", "hours_en", "address_ko", "address_en", "phone", "email")}),
        (_("Cards"), {"fields": ("card_applications",)}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one, and whether it was written is asked where it matters: every page asks this for its menu."""
        return super().has_add_permission(request)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page that was written already, where there is one."""
        if LibraryPage.objects.exists():
            return redirect("admin:opac_librarypage_change", 1)
        return super().add_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keeps it; this process shows it at once, others within seconds."""
        obj.pk = 1
        super().save_model(request, obj, form, change)
        forget_library_page()
