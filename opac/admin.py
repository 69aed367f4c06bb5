"""Where librarians write what the site says of the library."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import StaffAdmin
from kernel.staff.columns import yes_or_no
from kernel.staff.forms import ServiceForm
from opac.library_page import forget_library_page
from opac.models import LibraryPage, ReadingList
from opac.reading_lists import as_lines, books_of_lines, put_on_list

TAKES_APPLICATIONS = yes_or_no("card_applications", _("cards can be applied for on the site"))


@admin.register(LibraryPage)
class LibraryPageAdmin(StaffAdmin):
    """One page, which is written once and changed."""

    list_display = ("name_shown", "phone", "email", TAKES_APPLICATIONS)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("name_ko", "name_en")}),
        (_("Front page"), {"fields": ("welcome_ko", "welcome_en")}),
        (_("Visiting"), {"fields": ("hours_ko", "hours_en", "address_ko", "address_en", "phone", "email")}),
        (_("Cards"), {"fields": ("card_applications",)}),
    )

    @admin.display(description=_("name"))
    def name_shown(self, page: LibraryPage) -> str:
        """What the library is called, in the reader's language."""
        return page.name

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


class ReadingListForm(ServiceForm):
    """A list with its books, a line each."""

    books = forms.CharField(
        label=_("books"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea({"rows": 12, "cols": 60}),
        help_text=_("A line each, in their order: the barcode of a copy, scanned or typed, or an ISBN."),
    )

    class Meta:
        model = ReadingList
        fields = ("title_ko", "title_en", "text_ko", "text_en", "shown_from", "shown_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["books"] = as_lines(self.instance)

    def clean_books(self) -> list[int]:
        """The ids of the books that are named."""
        return books_of_lines(self.cleaned_data["books"])


@admin.register(ReadingList)
class ReadingListAdmin(StaffAdmin):
    """Lists of recommended books. One that is not wanted any more gets a last day."""

    form = ReadingListForm
    list_display = ("called", "shown_from", "shown_until")
    fields = ("title_ko", "title_en", "text_ko", "text_en", "books", "shown_from", "shown_until")

    @admin.display(description=_("title"))
    def called(self, reading_list: ReadingList) -> str:
        """Its title, in the language of whoever looks."""
        return reading_list.title

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keeps the list with its books."""
        super().save_model(request, obj, form, change)
        put_on_list(obj, form.cleaned_data["books"])
