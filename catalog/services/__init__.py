"""What a librarian does with books, copies and types of copies."""

from catalog.services.books import CopiesOnLoan, IsbnTaken, register_book, revise_book, withdraw_book
from catalog.services.copies import (
    BarcodeTaken,
    UnknownCopyType,
    add_copies,
    revise_copy,
    withdraw_copy,
)
from catalog.services.shelf import note_shelf
from catalog.services.types import CopyTypeKnown, add_copy_type, revise_copy_type

__all__ = [
    "BarcodeTaken",
    "CopiesOnLoan",
    "CopyTypeKnown",
    "IsbnTaken",
    "UnknownCopyType",
    "add_copies",
    "add_copy_type",
    "note_shelf",
    "register_book",
    "revise_book",
    "revise_copy",
    "revise_copy_type",
    "withdraw_book",
    "withdraw_copy",
]
