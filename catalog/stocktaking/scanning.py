"""Scanning in a stocktaking: each copy counts once, whoever reads it and however often."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.models import Copy, Scan, Stocktaking
from catalog.stocktaking.order import key_of, mark_out_of_order
from catalog.stocktaking.refusals import NotGoingOn
from catalog.stocktaking.rules import finding_of
from catalog.stocktaking.scope import judged
from catalog.stocktaking.services import locked
from kernel.storage.bulk import insert_rows
from kernel.storage.databases import atomic_in, database_of

Finding, Misplaced = Scan.Finding, Scan.Misplaced


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Numbers as they were read along a shelf, by whom, and where they come from: the page that they were scanned on
    under these keys, or an import."""

    barcodes: Sequence[str]
    by: int | None
    stretch: str = ""
    key: str = ""
    run: int | None = None


@dataclass(kw_only=True)
class Read:
    """What came of it: for each number its row, with whether an earlier reading had made it, and what stands out of
    order as is seen now."""

    stocktaking: Stocktaking
    scans: list[tuple[Scan, bool]] = field(default_factory=list)
    out_of_order: list[Scan] = field(default_factory=list)


@atomic_in("catalog")
def scan_barcodes(pk: int, *, reading: Reading, now: datetime) -> Read:
    """Notes that copies are there. One that was read before, by whomever, keeps its row.

    Raises `Stocktaking.DoesNotExist` and `NotGoingOn`; then nothing is noted.
    """
    one = locked(pk)
    if not one.is_going_on:
        raise NotGoingOn(name=one.name, status=one.get_status_display())
    copies = _copies(one, reading.barcodes)
    known = _known(one, copies.values(), reading.barcodes)

    read, fresh = Read(stocktaking=one), []
    for barcode in reading.barcodes:
        copy = copies.get(barcode.upper())
        name = copy.pk if copy else barcode.upper()
        is_repeated = name in known
        if not is_repeated:
            known[name] = _scan(one, copy, barcode, reading, now)
            fresh.append(known[name])
        read.scans.append((known[name], is_repeated))

    insert_rows(fresh, database_of("catalog"))
    one.scanned += len(fresh)
    one.met += sum(row.is_expected for row in fresh)
    one.save(update_fields=["scanned", "met"])
    with_place = sum(bool(row.shelf_key) for row in fresh)
    read.out_of_order = mark_out_of_order(one, reading.stretch, with_place) if with_place else []
    return read


def _copies(one: Stocktaking, barcodes: Sequence[str]) -> dict[str, Any]:
    """The copies by their barcodes in capital letters; a withdrawn one where no other has the number now."""
    named = judged(Copy.objects.filter(barcode__anycase_in=list(barcodes)), one)
    here = {copy.barcode.upper(): copy for copy in named.filter(withdrawn_at=None)}
    if len(here) < len({barcode.upper() for barcode in barcodes}):
        gone = named.filter(withdrawn_at__isnull=False).order_by("pk")
        here = {copy.barcode.upper(): copy for copy in gone} | here
    return here


def _known(one: Stocktaking, copies: Iterable[Copy], barcodes: Sequence[str]) -> dict[int | str, Scan]:
    """What was read before, by the copy's id, or by the number that no copy has."""
    rows = Scan.objects.filter(stocktaking=one)
    read: dict[int | str, Scan] = {row.copy_id or 0: row for row in rows.filter(copy__in=[copy.pk for copy in copies])}
    unknown = rows.filter(copy=None, barcode__anycase_in=list(barcodes))
    return read | {row.barcode.upper(): row for row in unknown}


def _scan(one: Stocktaking, copy: Any, barcode: str, reading: Reading, now: datetime) -> Scan:
    facts = {"by": reading.by, "at": now, "key": reading.key, "stretch": reading.stretch, "run": reading.run}
    if copy is None:
        return Scan(stocktaking=one, barcode=barcode, finding=Finding.UNKNOWN, **facts)
    is_withdrawn = copy.withdrawn_at is not None
    state = {"is_expected": copy.is_expected, "condition": copy.condition, "place": copy.place}
    is_strange = not copy.belongs_here and not is_withdrawn
    has_place = copy.belongs_here and not is_withdrawn and reading.stretch
    return Scan(
        stocktaking=one,
        copy=copy,
        barcode=copy.barcode,
        finding=finding_of(is_withdrawn=is_withdrawn, **state),
        misplaced=Misplaced.SHELF if is_strange else Misplaced.NO,
        is_expected=copy.is_expected,
        loan=copy.loan,
        shelf_key=key_of(copy, copy.book) if has_place else "",
        **facts,
    )
