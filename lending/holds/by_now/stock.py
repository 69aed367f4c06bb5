"""The stock at this moment, without what somebody may have since midnight."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Any

from lending.holds.by_now.promised import promised
from lending.models import Copy
from lending.stock.availability import Stock, counted_stock
from lending.stock.volumes import counted_by_volume
from lending.stock.whereabouts import CopyNow, copies_now


def stock_by_now(book_ids: Collection[int], today: date) -> dict[int, Stock]:
    """The stock of each of these books; `NO_COPIES` for one that lending does not know, or that is withdrawn. One
    statement, and another one or a few where a copy on the shelf is waited for."""
    stock, waited_for = counted_stock(book_ids)
    for match in promised(waited_for, today) if waited_for else ():
        book = match.hold.book_id
        stock[book] = stock[book]._replace(available=stock[book].available - 1)
    return stock


def stock_by_volume(book_id: int, today: date) -> dict[str, Any]:
    """How many copies of a book there are and can be lent at this moment, and the same of each of its `volumes`, where
    its copies differ in it; as many statements as `stock_by_now`. Raises `Book.DoesNotExist`."""
    counted = counted_by_volume(book_id)
    is_waited_for = any(one.waited_for for one in counted)
    gone = Counter(match.copy.volume for match in (promised([book_id], today) if is_waited_for else ()))
    volumes = [
        {"volume": one.volume, "copies_total": one.total, "copies_available": one.available - gone[one.volume]}
        for one in counted
        if one.total
    ]
    return {
        "copies_total": sum(one["copies_total"] for one in volumes),
        "copies_available": sum(one["copies_available"] for one in volumes),
        "volumes": volumes if len(volumes) > 1 else [],
    }


def copies_by_now(book_id: int, today: date) -> list[CopyNow]:
    """The copies of a book as `copies_now` has them, those set aside that somebody may have by now; as many statements
    as `stock_by_now`."""
    copies = copies_now(book_id)
    if not any(one.waited_for and one.is_free for one in copies):
        return copies
    aside = {match.copy.pk for match in promised([book_id], today)}
    return [one._replace(place=Copy.Place.TO_PULL.value) if one.id in aside else one for one in copies]
