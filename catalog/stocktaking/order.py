"""Which copies stand out of order, by the order in which they were read."""

from collections.abc import Iterable

from django.db.models import QuerySet

from catalog.models import Book, Copy, Scan, Stocktaking
from catalog.shelf_order import shelf_key
from catalog.stocktaking.rules import REACH, is_out_of_order


def key_of(copy: Copy, book: Book) -> str:
    """What sorts the copy on its shelf; empty for one of which nobody knows where it stands."""
    has_mark = book.call_number.startswith(copy.shelving_mark)
    label = book.call_number if has_mark else f"{copy.shelving_mark} {book.call_number}"
    return shelf_key(label, copy.volume or book.volume) if book.call_number else ""


def mark_out_of_order(one: Stocktaking, stretch: str, new: int) -> list[Scan]:
    """Marks those that stand out now that so many more of the stretch were read, and gives them; each copy is judged
    once, when its neighbours are known."""
    seen = _of_stretch(one, stretch)[: 2 * REACH + new]
    rows = list(seen)[::-1]
    first = max(0, len(rows) - new - REACH)
    return _mark(rows, range(first, len(rows) - REACH))


def mark_last_ones(one: Stocktaking) -> None:
    """Marks those that stand out at the end of each stretch, with nobody behind them any more."""
    read = Scan.objects.filter(stocktaking=one).exclude(stretch="").order_by()
    for stretch in read.values_list("stretch", flat=True).distinct():
        rows = list(_of_stretch(one, stretch)[: 3 * REACH])[::-1]
        _mark(rows, range(max(0, len(rows) - REACH), len(rows)))


def _of_stretch(one: Stocktaking, stretch: str) -> QuerySet[Scan]:
    """What has a place on this shelf, the last first."""
    rows = Scan.objects.filter(stocktaking=one, stretch=stretch).exclude(shelf_key="")
    return rows.select_related("copy__book").order_by("-pk")


def _mark(rows: list[Scan], places: Iterable[int]) -> list[Scan]:
    keys = [row.shelf_key for row in rows]
    found = [rows[place] for place in places if not rows[place].misplaced and is_out_of_order(keys, place)]
    if found:
        Scan.objects.filter(pk__in=[row.pk for row in found]).update(misplaced=Scan.Misplaced.ORDER)
    return found
