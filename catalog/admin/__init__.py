"""The staff side of the catalogue."""

from catalog.admin.books import BookAdmin
from catalog.admin.copies import CopyAdmin
from catalog.admin.imports import BookDoubtAdmin, BookImportAdmin, StocktakingFileAdmin
from catalog.admin.types import CopyTypeAdmin, TypeRuleAdmin

__all__ = [
    "BookAdmin", "BookDoubtAdmin", "BookImportAdmin", "CopyAdmin", "CopyTypeAdmin", "StocktakingFileAdmin",
    "TypeRuleAdmin",
]  # fmt: skip
