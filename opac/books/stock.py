"""The stock of the books on a page."""

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from catalog.models import Copy, CopyType
from catalog.queries import copies_of
from kernel.storage.composed import Rows, composed
from kernel.storage.databases import database_of, is_out_of_reach
from lending.holds.by_now.stock import copies_by_now, stock_by_now
from lending.stock.availability import Stock
from lending.stock.whereabouts import CopyNow

SHOWN_COPIES = 50
Facts = Sequence[tuple[Any, ...]]
OF_COPY, OF_TYPE = ([field.attname for field in model._meta.concrete_fields] for model in (Copy, CopyType))
logger = logging.getLogger(__name__)


def stock_on_page(book_ids: Collection[int]) -> Mapping[int, Stock]:
    """The stock of each book, as lending has it at this moment; nothing while lending is away: pages go without."""
    try:
        return stock_by_now(book_ids, timezone.localdate()) if book_ids else {}
    except DatabaseError as error:
        _without(error)
        return {}


@composed
def facts_of_copies(book_id: int) -> Rows:
    """All that a page says of a book's copies, as the catalogue has them: for who keeps one."""
    shown = copies_of(book_id).select_related(None)[: SHOWN_COPIES + 1]
    return shown.values_list(*OF_COPY, *(f"type__{name}" for name in OF_TYPE))


def copies_of_facts(rows: Facts) -> list[Copy]:
    """The copies that these are the facts of, as `copies_of` has them."""
    database, copies = database_of("catalog"), []
    for row in rows:
        copy, of_type = Copy.from_db(database, OF_COPY, row[: len(OF_COPY)]), row[len(OF_COPY) :]
        copy.type = CopyType.from_db(database, OF_TYPE, of_type) if copy.type_id else None
        copies.append(copy)
    return copies


def copies_on_page(book_id: int) -> Sequence[CopyNow] | None:
    """Where each of the book's copies is now; None while lending is away."""
    try:
        return copies_by_now(book_id, timezone.localdate())
    except DatabaseError as error:
        _without(error)
        return None


def _without(error: DatabaseError) -> None:
    if not is_out_of_reach(error):
        raise error
    logger.warning("a page is shown without stock, since lending is away: %s", error)
