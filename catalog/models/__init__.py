"""Books and copies as the library owns them, and what other systems say of them."""

from catalog.models.books import Book, YearOrUnknown
from catalog.models.copies import Copy, CopyType, TypeRule
from catalog.models.covers import Cover
from catalog.models.imports import BookDoubt, BookImport
from catalog.models.sources import SourceRecord

__all__ = [
    "Book", "BookDoubt", "BookImport", "Copy", "CopyType", "Cover", "SourceRecord", "TypeRule", "YearOrUnknown",
]  # fmt: skip
