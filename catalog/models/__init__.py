"""Books and copies as the library owns them, and what other systems say of them."""

from catalog.models.books import Book, YearOrUnknown
from catalog.models.copies import Copy, CopyType, TypeRule
from catalog.models.covers import Cover
from catalog.models.imports import BookDoubt, BookImport, StocktakingFile
from catalog.models.sources import SourceRecord
from catalog.models.stocktakings import WITH_RESULT, Scan, Stocktaking

__all__ = [
    "WITH_RESULT", "Book", "BookDoubt", "BookImport", "Copy", "CopyType", "Cover", "Scan", "SourceRecord",
    "Stocktaking", "StocktakingFile", "TypeRule", "YearOrUnknown",
]  # fmt: skip
