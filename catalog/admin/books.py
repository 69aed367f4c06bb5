"""Books on the staff side."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog.admin.call_numbers import call_number
from catalog.admin.copies_of_book import CopiesOfBook
from catalog.admin.export import export_page
from catalog.admin.history import history_of_book
from catalog.admin.lookup import lookup
from catalog.admin.withdrawn import Withdrawn
from catalog.covers.files import address_of
from catalog.covers.pictures import LARGEST_FILE, pictures_of
from catalog.covers.services import remove_cover, set_cover
from catalog.forms import BookForm
from catalog.models import Book, Cover
from catalog.queries import books_ever, books_of_barcode
from catalog.search.asking import MOST, search
from catalog.services import add_copies, register_book, revise_book, withdraw_book
from kernel.labels.reading import BARCODE, searched
from kernel.staff.admins import StaffAdmin
from kernel.staff.chosen import taken_to
from kernel.staff.languages import language_name
from kernel.staff.site import staff_page

SHOWN_HITS = 200
MAIN_FIELDS = 10
BESIDE_THE_RECORD = ("copies", "letters", "barcodes", "cover", "remove_cover")


@admin.register(Book)
class BookAdmin(StaffAdmin):
    """Books are registered, revised and withdrawn, and copies added, through the catalogue's services."""

    form = BookForm
    list_display = ("title", "author_names", "available", "total", "call_number", "isbn", "language_named")
    sortable_by = ("title",)
    list_filter = (Withdrawn,)
    search_fields = ("title",)
    search_help_text = _("Words of title, author or subject, an ISBN or a barcode")
    actions = ("withdraw", "labels")
    inlines = (CopiesOfBook,)
    readonly_fields = ("cover_now", "registered_at", "withdrawn_at", "queue")

    def get_urls(self) -> list[Any]:
        """Beside the model's pages: the books as a file, call numbers, and what others say of an ISBN."""
        pages = {
            "export": staff_page("catalog.import_books")(self.export),
            "call_number": call_number,
            "lookup": lookup,
        }
        own = [path(f"{at}/", self.admin_site.admin_view(page), name=self._page(at)) for at, page in pages.items()]
        return [*own, *super().get_urls()]

    def export(self, request: HttpRequest) -> Any:
        """The books as a file."""
        return export_page(request, {**self.admin_site.each_context(request), "opts": self.opts})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Book]:
        """Books with their numbers of copies."""
        return books_ever()

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Who changed the book and its copies, through whichever door."""
        if not self.has_view_permission(request):
            return super().history_view(request, object_id, extra_context)
        return history_of_book(self, request, get_object_or_404(Book, pk=object_id))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list; where more books answer a search than it shows, with their number."""
        term = request.GET.get(SEARCH_VAR, "").strip()
        found = self._found(request, term) if term else None
        if found and (found.total > SHOWN_HITS or found.may_be_more):
            total = f"{found.total:,}{'+' * found.may_be_more}"
            extra_context = {**(extra_context or {}), "found": total, "shown": min(SHOWN_HITS, found.total)}
        return super().changelist_view(request, extra_context)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Book], term: str) -> Any:
        """The best matches first, by the search index; the book of a barcode before them."""
        if not term.strip():
            return queryset, False
        found_by_words = [hit.book for hit in self._found(request, term).hits(MOST)]
        hits = list(dict.fromkeys([*books_of_barcode(searched(term, BARCODE)), *found_by_words]))[:SHOWN_HITS]
        found = queryset.filter(pk__in=hits)
        if hits and "o" not in request.GET:
            found = found.order_by(Case(*(When(pk=hit, then=Value(place)) for place, hit in enumerate(hits))))
        return found, False

    def _found(self, request: Any, term: str) -> Any:
        """What the index finds: asked once for the number and the list of a page."""
        if not hasattr(request, "books_found"):
            request.books_found = search(term.strip()).by
        return request.books_found

    def get_fieldsets(self, request: HttpRequest, obj: Book | None = None) -> Any:
        """The record, the new copies, and for a book on record when it came and went."""
        record: list[Any] = [(None, {"fields": BookForm.Meta.fields[:MAIN_FIELDS]})]
        record.append(
            (_("more of the record"), {"fields": BookForm.Meta.fields[MAIN_FIELDS:], "classes": ["collapse"]})
        )
        if self.has_change_permission(request, obj):
            record.append((_("cover"), {"fields": ["cover_now", "cover", "remove_cover"] if obj else ["cover"]}))
        if self.has_change_permission(request, obj) and self._may_add_copies(request):
            record.append((_("new copies"), {"fields": ["copies", "letters", "barcodes"]}))
        seen = self.readonly_fields[1:] if request.user.has_perm("lending.view_hold") else self.readonly_fields[1:-1]
        return [*record, (_("history"), {"fields": seen})] if obj else record

    def get_inlines(self, request: HttpRequest, obj: Book | None) -> Any:
        """A new book has no copies yet."""
        return self.inlines if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Book | None = None) -> bool:
        """A withdrawn book stays as it was."""
        return super().has_change_permission(request, obj) and not (obj and obj.withdrawn_at)

    def fits(self, action: str, thing: Book) -> bool:
        """What is withdrawn is not withdrawn again."""
        return thing.withdrawn_at is None

    def save_model(self, request: HttpRequest, obj: Book, form: Any, change: bool) -> None:
        """Registers or revises the book and adds its new copies through the services."""
        now, record = timezone.now(), dict(form.cleaned_data)
        copies, letters, barcodes, cover, without = (record.pop(name, None) for name in BESIDE_THE_RECORD)
        pictures = pictures_of(cover.read(LARGEST_FILE + 1)) if cover else None
        if change:
            revise_book(obj.pk, now=now, **{name: record[name] for name in form.changed_data if name in record})
        else:
            obj.pk = register_book(now=now, **record).pk
        if (copies or barcodes) and self._may_add_copies(request):
            add_copies(obj.pk, now=now, count=copies or 0, letters=letters or "", barcodes=barcodes or [])
        if pictures:
            set_cover(obj.pk, pictures, now=now)
        elif without and change:
            remove_cover(obj.pk, now=now)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Whether the person may withdraw books."""
        return request.user.has_perm("catalog.withdraw_book")

    @admin.action(description=_("Print labels"), permissions=["change"])
    def labels(self, request: HttpRequest, queryset: QuerySet[Book]) -> HttpResponse:
        """Leads to the page that prints those of all their copies."""
        return taken_to(request, "printing_labels", "books", queryset.values_list("pk", flat=True))

    @admin.action(description=_("Withdraw"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Book]) -> HttpResponse | None:
        """Withdraws the books and all their copies, after a page that asks."""
        if "confirmed" not in request.POST:
            sentence = _("These books and all their copies leave the catalogue for good.")
            return self.confirmation(request, queryset, action="withdraw", title=_("Withdraw books"), sentence=sentence)
        now = timezone.now()
        self.for_each(request, queryset, lambda book: withdraw_book(book.pk, now=now), _("Withdrawn: %(count)s."))
        return None

    def _may_add_copies(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalog.add_copy")

    @admin.display(description=_("authors"))
    def author_names(self, book: Book) -> str:
        """The authors in one line."""
        return ", ".join(book.authors)

    @admin.display(description=_("language"))
    def language_named(self, book: Book) -> str:
        """The language by its name."""
        return language_name(book.language) if book.language else ""

    @admin.display(description=_("cover"))
    def cover_now(self, book: Book) -> str:
        """The cover's small picture."""
        cover = Cover.objects.filter(book=book).first()
        return format_html('<img src="{}" alt="" class="cover-now">', address_of(cover)) if cover else "–"

    @admin.display(description=_("holds"))
    def queue(self, book: Book) -> str:
        """The way to who waits for it; the page is lending's."""
        address = reverse("admin:lending_hold_queue", args=[book.pk])
        return format_html('<a href="{}">{}</a>', address, _("Who waits for this book"))

    @admin.display(description=_("copies"))
    def total(self, book: Any) -> int:
        """How many copies there are."""
        return int(book.copies_total)

    @admin.display(description=_("stock"))
    def available(self, book: Any) -> int:
        """How many of them can be lent."""
        return int(book.copies_available)
