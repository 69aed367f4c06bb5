"""How copies change hands. Every function here needs a transaction and its patrons' accounts locked."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db.models import Count, Min, Q, QuerySet

from kernel.storage.bulk import insert_rows, update_rows
from kernel.storage.databases import connection_of, database_of
from kernel.storage.instances import columns_of, first_instance, new_instance
from kernel.values.keyboards import in_latin
from lending.models import LENDABLE, Book, Copy, Loan, LoanLine
from lending.policy_fields import ItemRules
from lending.stock.statements import MIXED, MOVE, NAMED, NEXT, NEXT_FREE, TAKE_FREE


def lendable(book_id: int) -> QuerySet[Copy]:
    """The copies of a book that can be lent now."""
    return Copy.objects.filter(LENDABLE, book=book_id)


class Kind(NamedTuple):
    """Copies of a book that are of one type and volume: how many can be lent now, how many are held, and whether
    somebody may wait for one that can be lent."""

    type: str
    volume: str
    free: int
    held: int
    waited_for: bool


def kinds_of(book_id: int) -> list[Kind]:
    """The types and volumes that a book's copies are of: the most free ones first, then that of the first copy. Empty
    for a book that is withdrawn or has no copies."""
    copies = Copy.objects.filter(book=book_id, withdrawn=False, book__withdrawn=False)
    counted = copies.values("type", "volume").annotate(
        free=Count("pk", filter=LENDABLE),
        held=Count("pk", filter=Q(place__in=[Copy.Place.HOLD_SHELF, Copy.Place.TO_PULL])),
        waited=Count("pk", filter=LENDABLE & Q(waited_for=True)),
        first=Min("pk"),
    )
    return [
        Kind(one["type"], one["volume"], one["free"], one["held"], one["waited"] > 0)
        for one in counted.order_by("-free", "first")
    ]


# SQL, because each loan of a scanned copy asks it; + 0, or PostgreSQL may read all copies from the newest on.
_SCANNED = f"""
SELECT {columns_of(Copy, "copy")} FROM lending_copy copy
WHERE UPPER(copy.barcode) IN (UPPER(%s), UPPER(%s)) AND NOT copy.withdrawn
AND NOT (SELECT book.withdrawn FROM lending_book book WHERE book.id = copy.book_id)
ORDER BY copy.id + 0 DESC LIMIT 1
"""  # noqa: S608  names of columns
_LOCK = {"postgresql": "FOR UPDATE OF copy", "sqlite": ""}


def scanned_copy(barcode: str, *, locked: bool = True) -> Copy | None:
    """The copy of that barcode; None where it left the catalogue."""
    statement = _SCANNED + _LOCK[_vendor()] if locked else _SCANNED
    return first_instance(Copy, statement, [barcode, in_latin(barcode)])


def take_copies(
    book_id: int, quantity: int, copy_type: str, without: Collection[int] = (), volume: str = ""
) -> list[Copy]:
    """Takes so many lendable copies of a type, and of a volume if one is named, or fewer if there are no more beside
    those that it should do without.

    A copy that somebody else is taking at this moment is passed over. Only when that leaves none, or several are
    wanted, does it wait for it, in the order of their ids: so two who wait never wait in a ring.
    """
    which = [book_id, copy_type, volume, volume, _ids(without), quantity]
    free = _move(NEXT_FREE[_vendor()], which) if quantity == 1 else []
    return free or _move(NEXT[_vendor()], which)


def take_free_copies(wanted: Mapping[int, int]) -> Mapping[int, list[Copy]]:
    """Takes so many copies of each book, or fewer, without waiting for anybody; what it took, by book. A book with
    copies of several types or volumes is told by `of_mixed_book`."""
    books = [list(wanted), list(wanted.values())] if _vendor() == "postgresql" else [json.dumps(wanted)]
    found = _move(TAKE_FREE[_vendor()], books, mixed=MIXED) if wanted else []
    taken = defaultdict(list)
    for copy in found:
        taken[copy.book_id].append(copy)
    return taken


def take_named(copies: Collection[int]) -> list[Copy]:
    """Takes these copies, which the caller has locked and found to be there."""
    return _move_named(list(copies), Copy.Place.LOAN)


def put_back(copies: Sequence[Copy]) -> None:
    """Undoes a taking in the same transaction, as if it had never been."""
    for copy in copies:
        Copy.objects.filter(pk=copy.pk).update(place=Copy.Place.SHELF, moves=copy.moves - 1)


def lend_out(lent: Iterable[tuple[Loan, Iterable[Copy], ItemRules]]) -> list[LoanLine]:
    """Puts taken copies on their loans, with the accompanying items that the rules lend."""
    lines = [
        new_instance(LoanLine, {"items": len(copy.items_there) if rules.lend else 0}, loan=loan, copy=copy)
        for loan, copies, rules in lent
        for copy in copies
    ]
    insert_rows(lines, database_of("lending"))
    return lines


def end_lines(lines: Sequence[LoanLine], ending: LoanLine.Ending, now: datetime) -> list[Copy]:
    """Ends open lines of which nothing came back, and puts their copies on the shelf, which it returns."""
    for line in lines:
        line.ending, line.ended_at = ending, now
    return bring_back(lines, Copy.Place.SHELF)


def bring_back(lines: Sequence[LoanLine], place: Copy.Place) -> list[Copy]:
    """Writes how these lines ended, with the return that each names, and puts their copies there, which it returns."""
    update_rows(lines, ["ending", "ended_at", "brought_back"], database_of("lending"))
    return _move_named([line.copy_id for line in lines], place)


def move_copies(copies: Collection[Copy], place: Copy.Place) -> None:
    """Moves copies that the caller has locked, in one statement, and tells each of them."""
    moved = {copy.pk: copy for copy in _move_named([copy.pk for copy in copies], place)} if copies else {}
    for copy in copies:
        copy.place, copy.condition, copy.moves = place, moved[copy.pk].condition, moved[copy.pk].moves


def _vendor() -> str:
    return connection_of("lending").vendor


def _ids(ids: Collection[int]) -> Any:
    return list(ids) if _vendor() == "postgresql" else json.dumps(list(ids))


def _move_named(ids: list[int], place: Copy.Place) -> list[Copy]:
    if len(ids) == 1:  # nobody waits in a ring for one row
        return _move("id = %s", ids, place)
    return _move(NAMED[_vendor()], [_ids(ids)], place)


def _move(
    which: str, parameters: Sequence[Any], place: Copy.Place = Copy.Place.LOAN, mixed: str = "false"
) -> list[Copy]:
    """The copies that moved, in the order of their ids."""
    with connection_of("lending").cursor() as cursor:
        cursor.execute(MOVE.format(which=which, mixed=mixed), [place.value, *parameters])
        return [_copy(place, *row) for row in sorted(cursor.fetchall())]


def _copy(place: Copy.Place, *row: Any) -> Copy:
    (
        pk, book_id, barcode, moves, copy_type, volume, condition, withdrawn, for_loan, waited_for, price, items,
        missing_items, title, main_class, mixed,
    ) = row  # fmt: skip
    book = new_instance(Book, {"id": book_id, "title": title, "main_class": main_class})
    values = {
        "id": pk,
        "barcode": barcode,
        "moves": moves,
        "type": copy_type,
        "volume": volume,
        "place": place.value,
        "condition": condition,
        "withdrawn": bool(withdrawn),
        "for_loan": bool(for_loan),
        "price": price,
        "waited_for": bool(waited_for),
        "items": msgspec.json.decode(items),
        "missing_items": msgspec.json.decode(missing_items),
    }
    copy = new_instance(Copy, values, book=book)
    copy.of_mixed_book = bool(mixed)
    return copy
