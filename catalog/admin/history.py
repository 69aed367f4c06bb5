"""Who changed books and copies, on the staff side."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.events import BookRegistered, BookRevised, BookWithdrawn, CopyAdded, CopyRevised, CopyWithdrawn
from catalog.models import Book, Copy
from kernel.eventbus.months.kept import kept_since
from kernel.eventbus.registry import facts_of
from kernel.eventbus.stream.changes import changes_of
from kernel.staff.history import MOST, Happened, history_page
from kernel.storage.databases import database_of

WORDS: Mapping[str, str | Promise] = {
    "BookRegistered": _("registered"),
    "BookRevised": _("record changed"),
    "BookWithdrawn": _("withdrawn"),
    "CopyAdded": _("copy added: %(barcode)s"),
    "CopyRevised": _("copy changed: %(barcode)s"),
    "CopyWithdrawn": _("copy withdrawn: %(barcode)s"),
}
OF_COPIES = (CopyAdded, CopyRevised, CopyWithdrawn)
OF_BOOKS = (BookRegistered, BookRevised, BookWithdrawn, *OF_COPIES)


def history_of_book(model_admin: admin.ModelAdmin, request: HttpRequest, book: Book) -> TemplateResponse:
    """Who registered, changed and withdrew the book and its copies."""
    address = reverse("admin:catalog_book_change", args=[book.pk])
    return _page(model_admin, request, book, address, changes_of(book, f"book:{book.pk}", OF_BOOKS, MOST))


def history_of_copy(model_admin: admin.ModelAdmin, request: HttpRequest, copy: Copy) -> TemplateResponse:
    """Who added, changed and withdrew the copy."""
    address = reverse("admin:catalog_copy_change", args=[copy.pk])
    changes = changes_of(copy, f"book:{copy.book_id}", OF_COPIES, MOST, copy=copy.pk)
    return _page(model_admin, request, copy, address, changes)


def _page(
    model_admin: admin.ModelAdmin, request: HttpRequest, thing: Book | Copy, address: str, changes: list[Any]
) -> TemplateResponse:
    happened = [Happened(one.occurred_at, _in_words(one), one.by, one.via, one.reason) for one in changes]
    return history_page(model_admin, request, thing, happened, {}, address, kept_since(database_of("catalog")))


def _in_words(change: Any) -> str:
    return str(WORDS[change.name]) % facts_of(change)
