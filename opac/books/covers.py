"""How a book looks where it has no cover: its title and author on one of ten colours."""

from zlib import crc32

from catalog.models import Book

SHADES = 10
LONGEST_TITLE, LONGEST_NAME = 60, 30
LONG_TITLE = 24
"""A title with more letters is set smaller."""


def shade_of(book: Book) -> int:
    """The colour's number, by the title: the volumes of a title look alike, and its neighbours do not."""
    return crc32((book.match_key or book.title).encode()) % SHADES


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
