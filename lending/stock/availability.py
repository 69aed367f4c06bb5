"""The stock of many books, in one statement, as their copies stand."""

from collections.abc import Collection
from typing import NamedTuple

from kernel.storage.databases import connection_of
from kernel.storage.lookups import AMONG, one_parameter

# By hand, since the ORM took three to six times as long to compose it as the database to answer: it is asked for all
# books that people look at, several times a second.
STOCK = """
SELECT book_id, COUNT(*) FILTER (WHERE for_loan AND place = 'shelf' AND condition = 'ok'), COUNT(*),
    COUNT(*) FILTER (WHERE for_loan),
    COUNT(*) FILTER (WHERE for_loan AND place = 'shelf' AND condition = 'ok' AND waited_for)
FROM lending_copy JOIN lending_book ON lending_book.id = book_id
WHERE book_id {among} AND lending_book.id {among} AND NOT lending_copy.withdrawn AND NOT lending_book.withdrawn
GROUP BY book_id
"""
STATEMENT = {vendor: STOCK.format(among=among) for vendor, among in AMONG.items()}


class Stock(NamedTuple):
    """How many copies of a book can be borrowed now, how many there are, and how many of those are for loan at all."""

    available: int
    total: int
    for_loan: int


NO_COPIES = Stock(0, 0, 0)


def counted_stock(book_ids: Collection[int]) -> tuple[dict[int, Stock], list[int]]:
    """The stock of each of these books; `NO_COPIES` for one that lending does not know, or that is withdrawn. And those
    of which somebody may wait for a copy that counts: `holds.by_now` knows who may have one since midnight."""
    connection = connection_of("lending")
    ids = list(book_ids)
    among = one_parameter(ids, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT[connection.vendor], [among, among])
        rows = cursor.fetchall()
    found = {book: Stock(*numbers) for book, *numbers, _waited_for in rows}
    waited_for = [book for book, *_numbers, count in rows if count]
    return {book: found.get(book, NO_COPIES) for book in ids}, waited_for
