"""The stock of the books on a page."""

import logging
from collections.abc import Collection, Mapping, Sequence

from django.db import DatabaseError

from kernel.storage.databases import is_out_of_reach
from lending.stock.availability import Stock, stock_of_books
from lending.stock.whereabouts import CopyNow, copies_now

logger = logging.getLogger(__name__)


def stock_on_page(book_ids: Collection[int]) -> Mapping[int, Stock]:
    """The stock of each book, as lending has it at this moment; nothing while lending is away: pages go without."""
    try:
        return stock_of_books(book_ids) if book_ids else {}
    except DatabaseError as error:
        _without(error)
        return {}


def copies_on_page(book_id: int) -> Sequence[CopyNow] | None:
    """Where each of the book's copies is now; None while lending is away."""
    try:
        return copies_now(book_id)
    except DatabaseError as error:
        _without(error)
        return None


def _without(error: DatabaseError) -> None:
    if not is_out_of_reach(error):
        raise error
    logger.warning("a page is shown without stock, since lending is away: %s", error)
