"""Invented shelves with copies that can be told apart by their barcodes, and scanning along them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalog.models import Copy, Stocktaking
from catalog.services import add_copies, register_book
from catalog.stocktaking.queries import LISTS, results
from catalog.stocktaking.scanning import Read, Reading, scan_barcodes
from catalog.stocktaking.services import start_stocktaking
from tests.bus import Bus

ADA, BO = 1, 2


def shelve(barcode: str, call_number: str = "", **record: Any) -> Copy:
    """A copy of a book of its own, which came before any stocktaking."""
    then = timezone.now() - timedelta(days=1)
    book = register_book(now=then, title=f"책 {barcode}", call_number=call_number)
    return add_copies(book.pk, now=then, barcodes=[barcode], **record)[0]


def a_stocktaking(states: tuple[str, ...] = ("shelf", "damaged"), **scope: Any) -> Stocktaking:
    """One that has just begun, once lending knows the copies."""
    Bus().settle()
    return start_stocktaking(name="2026년 정기점검", states=states, by=ADA, now=timezone.now(), **scope)


def read(one: Stocktaking, *barcodes: str, by: int = ADA, stretch: str = "page", **more: Any) -> Read:
    """Somebody reads these, the one after the other."""
    last = Read(stocktaking=one)
    for barcode in barcodes:
        reading = Reading(barcodes=[barcode], by=by, stretch=stretch, **more)
        last = scan_barcodes(one.pk, reading=reading, now=timezone.now())
    return last


def on_lists(one: Stocktaking) -> dict[str, list[str]]:
    """The barcodes on each list that has some."""
    one.refresh_from_db()
    found = {name: [row.barcode for row in results(one, name)] for name in LISTS}
    return {name: barcodes for name, barcodes in found.items() if barcodes}
