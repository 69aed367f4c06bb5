"""How copies change hands. Every function here needs a transaction and its patrons' accounts locked."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from kernel.storage.databases import connection_of
from lending.models import LENDABLE, Book, Copy, Loan, LoanLine

# One statement moves copies and tells which: the ORM would need two. Titles come along for the loans.
MOVE = """UPDATE lending_copy SET on_loan = %s, moves = moves + 1 WHERE {which}
RETURNING id, book_id, barcode, moves, (SELECT title FROM lending_book WHERE lending_book.id = lending_copy.book_id)
"""
FREE = """
SELECT id FROM lending_copy WHERE book_id = {book} AND NOT on_loan AND NOT withdrawn AND for_loan {and_again}
AND EXISTS (SELECT 1 FROM lending_book WHERE lending_book.id = lending_copy.book_id AND NOT lending_book.withdrawn)
ORDER BY id LIMIT {most}
"""
FREE_OF_ONE = {
    "postgresql": FREE.format(book="%s", most="%s", and_again=""),
    # SQLite takes a partial index only where its words are used: a Django after 5.2 writes it in these.
    "sqlite": FREE.format(book="%s", most="%s", and_again="AND on_loan = 0 AND withdrawn = 0 AND for_loan = 1"),
}
FREE_OF_MANY = """
SELECT free.id FROM unnest(%s::bigint[], %s::int[]) AS wanted (book, most) CROSS JOIN LATERAL ({one}) AS free
""".format(one=FREE.format(book="wanted.book", most="wanted.most", and_again="") + "FOR UPDATE SKIP LOCKED")
# ARRAY() is worked out once; a mere IN may run its query again for each row and take more than it should.
NEXT = {
    "postgresql": f"id = ANY (ARRAY ({FREE_OF_ONE['postgresql']} FOR UPDATE))",
    "sqlite": f"id IN ({FREE_OF_ONE['sqlite']})",
}
NAMED = {
    "postgresql": "id = ANY (ARRAY (SELECT id FROM lending_copy WHERE id = ANY (%s) ORDER BY id FOR UPDATE))",
    "sqlite": "id IN (SELECT value FROM json_each(%s))",
}


def lendable(book_id: int) -> QuerySet[Copy]:
    """The copies of a book that can be lent now."""
    return Copy.objects.filter(LENDABLE, book=book_id)


def is_reference(barcode: str) -> bool:
    """Whether the copy of that barcode stands in the library and is not for loan."""
    return Copy.objects.filter(barcode__anycase=barcode, withdrawn=False, on_loan=False, for_loan=False).exists()


def take_copies(book_id: int, quantity: int) -> list[Copy]:
    """Takes so many lendable copies, or fewer if there are no more.

    A copy that somebody else is taking at this moment is passed over. Only when that leaves none, or several are
    wanted, does it wait for it, in the order of their ids: so two who wait never wait in a ring.
    """
    free = take_free_copies({book_id: 1})[book_id] if quantity == 1 else []
    return free or _move(NEXT[_vendor()], [book_id, quantity], on_loan=True)


def take_free_copies(wanted: Mapping[int, int]) -> Mapping[int, list[Copy]]:
    """Takes so many copies of each book, or fewer, without waiting for anybody; what it took, by book."""
    if _vendor() == "postgresql":
        books = [list(wanted), list(wanted.values())]
        found = _move(f"id = ANY (ARRAY ({FREE_OF_MANY}))", books, on_loan=True)
    else:
        found = [copy for book in wanted.items() for copy in _move(NEXT["sqlite"], book, on_loan=True)]
    taken = defaultdict(list)
    for copy in found:
        taken[copy.book_id].append(copy)
    return taken


def take_copy(barcode: str) -> list[Copy]:
    """Takes the copy of that barcode if it can be lent."""
    chosen = Copy.objects.filter(LENDABLE, barcode__anycase=barcode, book__withdrawn=False)
    chosen = chosen.select_for_update(of=("self",))
    return _move_named([copy.pk for copy in chosen], on_loan=True)


def put_back(copies: Sequence[Copy]) -> None:
    """Undoes a taking in the same transaction, as if it had never been."""
    for copy in copies:
        Copy.objects.filter(pk=copy.pk).update(on_loan=False, moves=copy.moves - 1)


def lend_out(lent: Iterable[tuple[Loan, Iterable[Copy]]]) -> list[LoanLine]:
    """Puts taken copies on their loans."""
    return LoanLine.objects.bulk_create([LoanLine(loan=loan, copy=copy) for loan, copies in lent for copy in copies])


def bring_back(lines: Sequence[LoanLine], ending: LoanLine.Ending, now: datetime) -> dict[int, int]:
    """Ends open lines, frees their copies and tells each one's move."""
    LoanLine.objects.filter(pk__in=[line.pk for line in lines], ending="").update(ending=ending, ended_at=now)
    for line in lines:
        line.ending, line.ended_at = ending, now
    return moves_of(_move_named([line.copy_id for line in lines], on_loan=False))


def moves_of(copies: Iterable[Copy]) -> dict[int, int]:
    """The number of each copy's last move, by which others know what is newest."""
    return {copy.pk: copy.moves for copy in copies}


def _vendor() -> str:
    return connection_of("lending").vendor


def _move_named(ids: list[int], *, on_loan: bool) -> list[Copy]:
    return _move(NAMED[_vendor()], [ids if _vendor() == "postgresql" else json.dumps(ids)], on_loan=on_loan)


def _move(which: str, parameters: Sequence[Any], *, on_loan: bool) -> list[Copy]:
    """The copies that moved, in the order of their ids."""
    with connection_of("lending").cursor() as cursor:
        cursor.execute(MOVE.format(which=which), [on_loan, *parameters])
        return [_copy(on_loan, *row) for row in sorted(cursor.fetchall())]


def _copy(on_loan: bool, pk: int, book_id: int, barcode: str, moves: int, title: str) -> Copy:
    return Copy(id=pk, book=Book(id=book_id, title=title), barcode=barcode, moves=moves, on_loan=on_loan)
