"""Files of barcodes as a kind of import: what the engine of `kernel.importing` needs of them."""

from collections.abc import Sequence
from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Scan, Stocktaking
from catalog.stocktaking import files
from catalog.stocktaking.files import IncomingBarcode
from catalog.stocktaking.queries import stocktakings_going_on
from catalog.stocktaking.reasons import Reason
from catalog.stocktaking.refusals import NotGoingOn
from catalog.stocktaking.scanning import Reading, scan_barcodes
from catalog.stocktaking.services import locked
from kernel.importing.kinds import EncodingOptions, Kind, Taken
from kernel.importing.models import Doubt, Entry, Import
from kernel.importing.records import Incoming

KIND = "stocktaking"


def _choices() -> list[tuple[int, str]]:
    return [(one.pk, one.name) for one in stocktakings_going_on()]


class FileOptions(EncodingOptions):
    """Which stocktaking the numbers were read in."""

    stocktaking = forms.TypedChoiceField(label=_("stocktaking"), choices=_choices, coerce=int)
    field_order = ("stocktaking", "encoding")


def take(run: Import, records: Sequence[IncomingBarcode], now: datetime) -> Taken:
    """Notes the numbers as read by whoever uploaded them, within the caller's transaction."""
    taken, stretch = Taken(), f"import-{run.pk}"
    barcodes = [record.barcode for record in records]
    reading = Reading(barcodes=barcodes, by=run.by, stretch=stretch, run=run.pk)
    try:
        read = scan_barcodes(run.options["stocktaking"], reading=reading, now=now)
    except (NotGoingOn, Stocktaking.DoesNotExist):
        for record in records:
            taken.skip(record, Reason.NOT_GOING_ON)
        return taken
    for record, (scan, is_repeated) in zip(records, read.scans, strict=True):
        taken.unchanged += is_repeated
        taken.added += not is_repeated
        if not is_repeated:
            _note(taken, record, scan)
    return taken


def _note(taken: Taken, record: Incoming, scan: Scan) -> None:
    if scan.finding:
        taken.add_entry(record, Entry.Outcome.NOTED, scan.finding)
    if scan.misplaced == Scan.Misplaced.SHELF:
        taken.add_entry(record, Entry.Outcome.NOTED, Reason.OTHER_SHELF)


def decide(doubt: Doubt, decision: str, now: datetime) -> str:
    """Nothing: a number was read or not, and is never in doubt."""
    raise LookupError(doubt.pk)


def undo(run: Import, limit: int, now: datetime) -> tuple[int, list[Entry]]:
    """Takes the next `limit` numbers back that the file brought; of a stocktaking that has ended they stay."""
    one = locked(run.options["stocktaking"])
    rows = list(Scan.objects.filter(run=run.pk).order_by("pk")[:limit])
    if one.status == Stocktaking.Status.ENDED:
        facts = {"outcome": Entry.Outcome.KEPT, "reason": Reason.ENDED}
        return 0, [Entry(run=run, number=1, label=one.name, **facts)] if rows else []
    Scan.objects.filter(pk__in=[row.pk for row in rows]).delete()
    one.scanned -= len(rows)
    one.met -= sum(row.is_expected for row in rows)
    one.save(update_fields=["scanned", "met"])
    return len(rows), []


BARCODES = Kind(
    name=KIND,
    context="catalog",
    reasons=Reason,
    read=files.read,
    expected=files.expected,
    preview=files.preview,
    take=take,
    decide=decide,
    undo=undo,
    options_form=FileOptions,
    fields=list(files.LABELS.items()),
    labels=files.LABELS,
)
