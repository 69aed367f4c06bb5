"""The stock of the books on a page."""

import logging
from collections.abc import Collection, Mapping
from datetime import date

from django.db import DatabaseError

from kernel.storage.databases import is_out_of_reach
from lending.queries import due_dates_of
from lending.stock.availability import Stock, stock_of_books

logger = logging.getLogger(__name__)


def stock_on_page(book_ids: Collection[int]) -> Mapping[int, Stock]:
    """The stock of each book, as lending has it at this moment; nothing while lending is away: pages go without."""
    try:
        return stock_of_books(book_ids) if book_ids else {}
    except DatabaseError as error:
        _without(error)
        return {}


def due_on_page(book_id: int) -> Mapping[int, date | None] | None:
    """Of each of the book's copies that is out till when, by the copy's id; None while lending is away."""
    try:
        return due_dates_of(book_id)
    except DatabaseError as error:
        _without(error)
        return None


def _without(error: DatabaseError) -> None:
    if not is_out_of_reach(error):
        raise error
    logger.warning("a page is shown without stock, since lending is away: %s", error)
