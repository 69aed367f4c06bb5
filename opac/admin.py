"""Where librarians write what the site says of the library."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
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
        """There is one."""
        return super().has_add_permission(request) and not LibraryPage.objects.exists()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keeps it; this process shows it at once, others within seconds."""
        obj.pk = 1
        super().save_model(request, obj, form, change)
        forget_library_page()
