"""The order of books that answer a question equally well: the most borrowed first, then shorter titles, then older.

It is one number, unique to the book, so that it orders hits, pages begin behind it, and it tells the book's id.
"""

from math import log2

ID_BITS, BREVITY_BITS = 40, 8
LAST_ID = (1 << ID_BITS) - 1
MOST_WORDS = (1 << BREVITY_BITS) - 1
STEPS = 4
"""Steps of popularity for each doubling of the loans, so that a single loan seldom changes the order."""
MOST_POPULAR = 255
EARLIEST_YEAR = -32_768
SLICE_BITS = 13
"""Of the books that nobody lent so many ids in a row are one band."""


def rank_of(book_id: int, loans: int, words: int) -> int:
    """The rank of a book by how often it was lent and by the number of words in its title; higher comes first."""
    brevity = MOST_WORDS - min(words, MOST_WORDS)
    return popularity(loans) << (ID_BITS + BREVITY_BITS) | brevity << ID_BITS | (LAST_ID - book_id)


def band_of(rank: int) -> int:
    """What ranks near each other have in common; higher for higher ranks. Few books are popular, and most are not lent
    at all, so those are parted by their ids besides."""
    bits = ID_BITS if popularity_of(rank) else SLICE_BITS
    return rank >> bits << (bits - SLICE_BITS)


def newest_year(year: int | None, book_id: int) -> int:
    """What orders books by their year, and those of a year as they were registered; without a year first."""
    return ((year - EARLIEST_YEAR if year is not None else 0) << ID_BITS) + book_id


def popularity(loans: int) -> int:
    """The step of so many loans."""
    return min(round(STEPS * log2(1 + max(loans, 0))), MOST_POPULAR)


def book_of(rank: int) -> int:
    """The id of the book that has the rank."""
    return LAST_ID - (rank & LAST_ID)


def popularity_of(rank: int) -> int:
    """The step of popularity in a rank."""
    return rank >> (ID_BITS + BREVITY_BITS)
