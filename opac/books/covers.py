"""How a book looks where it has no cover: its title and author on one of ten colours."""

from zlib import crc32

from catalog.models import Book
from catalog.search.document import class_of

SHADES = 10
LONGEST_TITLE, LONGEST_NAME = 60, 30
LONG_TITLE = 24
"""A title with more letters is set smaller."""


def shade_of(book: Book) -> int:
    """The colour's number: the main class, so that a shelf has one colour; by the title where there is none."""
    digit = class_of(book.class_number) or class_of(book.call_number)
    return int(digit) if digit else crc32(book.title.encode()) % SHADES


def title_on_cover(book: Book) -> str:
    """The title without what stands behind it, as long as a cover takes."""
    title = book.title
    for sign in (" : ", ": ", " = ", " / ", " ("):
        title = title.partition(sign)[0] or title
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"


def name_on_cover(book: Book) -> str:
    """The first author."""
    name = book.authors[0] if book.authors else ""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
