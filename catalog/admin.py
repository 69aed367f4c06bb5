"""The staff side of the catalogue."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.forms import BookForm
from catalog.models import Book, Copy
from catalog.queries import books_ever
from catalog.search.asking import best_matches
from catalog.services import add_copies, register_book, revise_book, withdraw_book, withdraw_copy
from kernel.staff.admins import ReadOnlyAdmin, StaffAdmin
from kernel.staff.columns import worded_column
from kernel.staff.inlines import ReadOnlyInline
from kernel.staff.languages import language_name

SHOWN_HITS = 200
WHERE = worded_column("on_loan", _("where"), yes=_("on loan"), no=_("on the shelf"))


class Withdrawn(admin.SimpleListFilter):
    """What is in the catalogue, unless the withdrawn is asked for."""

    title = _("withdrawn")
    parameter_name = "withdrawn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one other choice."""
        return [("yes", _("withdrawn"))]

    def choices(self, changelist: Any) -> Any:
        """Names the first choice by what it shows."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("in the catalogue")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The one or the other."""
        return queryset.filter(withdrawn_at__isnull=self.value() != "yes")


class CopiesOfBook(ReadOnlyInline):
    """The copies on the shelf or on loan."""

    model = Copy
    fields: ClassVar[Any] = ("opened", WHERE, "added_at")
    readonly_fields = ("opened", WHERE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Copy]:
        """Without the withdrawn ones."""
        return super().get_queryset(request).filter(withdrawn_at=None)


@admin.register(Book)
class BookAdmin(StaffAdmin):
    """Books are registered, revised and withdrawn, and copies added, through the catalogue's services."""

    form = BookForm
    list_display = ("title", "author_names", "available", "total", "call_number", "isbn", "language_named")
    list_filter = (Withdrawn,)
    search_fields = ("title",)
    search_help_text = _("Words of title, author or subject, an ISBN or a barcode")
    actions = ("withdraw",)
    inlines = (CopiesOfBook,)
    readonly_fields = ("registered_at", "withdrawn_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Book]:
        """Books with their numbers of copies."""
        return books_ever()

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Book], term: str) -> Any:
        """The best matches first, by the search index; the book of a barcode before them."""
        if not term.strip():
            return queryset, False
        by_barcode = Copy.objects.filter(barcode__anycase=term.strip()).values_list("book", flat=True)
        hits = list(dict.fromkeys([*by_barcode, *best_matches(term)]))[:SHOWN_HITS]
        found = queryset.filter(pk__in=hits)
        if hits and "o" not in request.GET:
            found = found.order_by(Case(*(When(pk=hit, then=Value(place)) for place, hit in enumerate(hits))))
        return found, False

    def get_fieldsets(self, request: HttpRequest, obj: Book | None = None) -> Any:
        """The record, the new copies, and for a book on record when it came and went."""
        record: list[Any] = [(None, {"fields": BookForm.Meta.fields})]
        if self.has_change_permission(request, obj) and self._may_add_copies(request):
            record.append((_("new copies"), {"fields": ["copies", "barcodes"]}))
        return [*record, (_("history"), {"fields": self.readonly_fields})] if obj else record

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
        copies, barcodes = record.pop("copies", None), record.pop("barcodes", [])
        if change:
            revise_book(obj.pk, now=now, **{name: record[name] for name in form.changed_data if name in record})
        else:
            obj.pk = register_book(now=now, **record).pk
        if (copies or barcodes) and self._may_add_copies(request):
            add_copies(obj.pk, now=now, count=copies or 0, barcodes=barcodes)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Whether the person may withdraw books."""
        return request.user.has_perm("catalog.withdraw_book")

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

    @admin.display(description=_("language"), ordering="language")
    def language_named(self, book: Book) -> str:
        """The language by its name."""
        return language_name(book.language) if book.language else ""

    @admin.display(description=_("copies"))
    def total(self, book: Any) -> int:
        """How many copies there are."""
        return int(book.copies_total)

    @admin.display(description=_("stock"))
    def available(self, book: Any) -> int:
        """How many of them can be lent."""
        return int(book.copies_available)


@admin.register(Copy)
class CopyAdmin(ReadOnlyAdmin):
    """Copies; they are added on their book's page."""

    list_display = ("barcode", "book", "where", "added_at", "withdrawn_at")
    list_select_related = ("book",)
    list_filter = (Withdrawn, "on_loan")
    search_fields = ("barcode__startswith",)
    search_help_text = _("The beginning of a barcode")
    fields = ("book", "barcode", "where", "added_at", "withdrawn_at")
    readonly_fields = ("where",)
    actions = ("withdraw",)

    @admin.display(description=_("where"), ordering="on_loan")
    def where(self, copy: Copy) -> str:
        """On the shelf, on loan or withdrawn."""
        return str(_("withdrawn")) if copy.withdrawn_at else WHERE(copy)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Whether the person may withdraw copies."""
        return request.user.has_perm("catalog.withdraw_copy")

    def fits(self, action: str, thing: Copy) -> bool:
        """What is withdrawn is not withdrawn again."""
        return thing.withdrawn_at is None

    @admin.action(description=_("Withdraw"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Copy]) -> HttpResponse | None:
        """Withdraws the copies, after a page that asks."""
        if "confirmed" not in request.POST:
            sentence = _("These copies leave the shelf for good.")
            return self.confirmation(
                request, queryset, action="withdraw", title=_("Withdraw copies"), sentence=sentence
            )
        now = timezone.now()
        self.for_each(request, queryset, lambda copy: withdraw_copy(copy.pk, now=now), _("Withdrawn: %(count)s."))
        return None
