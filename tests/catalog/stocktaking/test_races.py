"""Several people at once in one stocktaking."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from catalog.models import Scan
from catalog.stocktaking.refusals import NotGoingOn
from catalog.stocktaking.scanning import Reading, scan_barcodes
from catalog.stocktaking.services import end_stocktaking
from kernel.storage.retries import with_retries
from tests.catalog.stocktaking.shelves import ADA, a_stocktaking, shelve

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, COPIES, LIMIT = 4, 6, 30


def at_once(*calls: Any) -> list[Any]:
    """What came of each call; all begin at the same moment."""
    gate = Barrier(len(calls), timeout=LIMIT)

    def run(call: Any) -> Any:
        gate.wait()
        try:
            return call()
        except NotGoingOn as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(LIMIT) for future in [pool.submit(run, call) for call in calls]]


def test_two_who_read_the_same_copies_count_each_once() -> None:
    barcodes = [f"A{number}" for number in range(COPIES)]
    for barcode in barcodes:
        shelve(barcode)
    one = a_stocktaking()

    def walk(by: int) -> Any:
        def read_all() -> int:
            new = 0
            for barcode in [*barcodes[by % COPIES :], *barcodes[: by % COPIES], "nobody’s"]:
                reading = Reading(barcodes=[barcode], by=by, stretch=str(by))
                read = with_retries(lambda reading=reading: scan_barcodes(one.pk, reading=reading, now=timezone.now()))
                new += not read.scans[0][1]
            return new

        return read_all

    assert sum(at_once(*(walk(by) for by in range(PEOPLE)))) == COPIES + 1
    one.refresh_from_db()
    assert (one.met, one.scanned, Scan.objects.count()) == (COPIES, COPIES + 1, COPIES + 1)


def test_a_scan_at_the_moment_of_the_end_is_in_it_or_refused() -> None:
    shelve("A1")
    one = a_stocktaking()
    now, reading = timezone.now(), Reading(barcodes=["A1"], by=ADA)
    scan, _ended = at_once(
        lambda: with_retries(lambda: scan_barcodes(one.pk, reading=reading, now=now)),
        lambda: with_retries(lambda: end_stocktaking(one.pk, by=ADA, now=now)),
    )
    one.refresh_from_db()
    assert (one.met, one.missing) == ((0, 1) if isinstance(scan, NotGoingOn) else (1, 0))
    assert Scan.objects.count() == 1
