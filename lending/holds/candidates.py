"""Who waits for copies that are there, in order, and may have them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from kernel.storage.composed import Rows, composed
from kernel.storage.databases import database_of
from lending.holds.rules import is_barred, is_lent_to
from lending.in_force import waiting_on
from lending.models import Copy, Hold
from lending.policies.eligibility import Eligibility, eligibility_of_waiting

MORE = 10
"""As many holds are looked at first as copies are there; while all of them are passed over, so many times as many."""
ON_SHELF = [Copy.Place.SHELF, Copy.Place.TO_PULL]
COLUMNS = [field.attname for field in Hold._meta.concrete_fields]


@dataclass(frozen=True, kw_only=True)
class Match:
    """A hold with the copy that it can have, and its patron."""

    hold: Hold
    copy: Copy
    patron: Eligibility


def matches(there: Mapping[int, Sequence[Copy]], day: date) -> list[Match]:
    """Of each book which holds can have which of the copies that are there, in the order of the queues; of a book's
    copies the first ones first. A few statements, whatever the number of books and of those who wait."""
    matched: list[Match] = []
    open_books = {book: copies for book, copies in there.items() if copies}
    limit = max(map(len, open_books.values()), default=0)
    while open_books:
        waiting = _waiting(open_books, limit, day)
        people = eligibility_of_waiting({hold.holder for holds in waiting.values() for hold in holds}, day)
        for book, copies in list(open_books.items()):
            found = matched_of(waiting[book], list(copies), people)
            if len(found) == len(copies) or len(waiting[book]) < limit:
                matched += found
                del open_books[book]
        limit *= MORE
    return matched


def matched_of(waiting: Iterable[Hold], copies: list[Copy], people: Mapping[int, Eligibility]) -> list[Match]:
    """Which of these holds on a book, in their order, can have which of the copies; those are taken out of the list."""
    matched = []
    for hold in waiting:
        patron = people.get(hold.holder)
        if not copies or patron is None or is_barred(patron):
            continue
        if copy := next((copy for copy in copies if fits(hold.volume, copy.volume, copy.type, patron)), None):
            copies.remove(copy)
            matched.append(Match(hold=hold, copy=copy, patron=patron))
    return matched


def fits(wanted: str, volume: str, copy_type: str, patron: Eligibility) -> bool:
    """Whether a copy of that volume and type is one that a patron waits for who wants that volume, or any."""
    return wanted in {"", volume} and is_lent_to(patron, copy_type)


def _waiting(books: Collection[int], limit: int, day: date) -> Mapping[int, list[Hold]]:
    """So many holds of each book that wait, in their order."""
    if len(books) == limit == 1:
        return {
            book: [Hold.from_db(database_of("lending"), COLUMNS, row) for row in _first(book, day)] for book in books
        }
    found: dict[int, list[Hold]] = defaultdict(list)
    waiting = Hold.objects.filter(waiting_on(day), book__among=books).order_by("place")
    if len(books) == 1:
        first: Iterable[Hold] = waiting[:limit]
    else:
        number = Window(RowNumber(), partition_by=F("book"), order_by=F("place").asc())
        first = waiting.annotate(number=number).filter(number__lte=limit)
    for hold in first:
        found[hold.book_id].append(hold)
    return found


@composed
def _first(book: int, day: date) -> Rows:
    return Hold.objects.filter(waiting_on(day), book=book).order_by("place").values_list(*COLUMNS)[:1]
