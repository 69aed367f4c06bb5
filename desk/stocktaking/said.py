"""What is said of scans and results, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.queries import people
from catalog.models import Copy, Scan, Stocktaking

TITLES: Mapping[str, Any] = {
    "missing": gettext_lazy("Not found"),
    "misplaced": gettext_lazy("Misplaced"),
    "on_loan": gettext_lazy("On loan, yet here"),
    "found": gettext_lazy("Missing or lost, yet here"),
    "elsewhere": gettext_lazy("In repair or held, yet here"),
    "withdrawn": gettext_lazy("Withdrawn, yet here"),
    "unknown": gettext_lazy("Unknown numbers"),
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """A scan as the page lists it."""

    id: str
    kind: str
    barcode: str
    title: str
    said: str
    by: str
    at: Any


def scope_in_words(one: Stocktaking) -> list[str]:
    """Each part of the scope that is not everything."""
    parts = [
        (_("rooms"), ", ".join(room or "–" for room in one.rooms)),
        (_("shelving marks"), ", ".join(mark or "–" for mark in one.shelving_marks)),
        (_("types of copies"), ", ".join(one.types)),
        (_("call number"), " ~ ".join(filter(None, [one.first_call_number, one.last_call_number]))),
        (_("states"), ", ".join(str(Stocktaking.State(state).label) for state in one.states)),
    ]
    return [f"{name}: {value}" for name, value in parts if value]


def label_of(copy: Copy | None) -> str:
    """What the label on its back says."""
    if copy is None:
        return ""
    parts = [copy.shelving_mark, copy.book.call_number, copy.volume, copy.copy_number]
    return " ".join(filter(None, parts))


def state_of(copy: Copy | None) -> str:
    """Where the catalogue has it, or in which condition it is."""
    if copy is None:
        return ""
    if copy.withdrawn_at:
        return _("withdrawn")
    return str(copy.get_place_display() if copy.condition == Copy.Condition.OK else copy.get_condition_display())


def names_of(ids: Iterable[int | None]) -> Mapping[int, User]:
    """The people of these ids; one statement."""
    wanted = {one for one in ids if one}
    return people().in_bulk(wanted) if wanted else {}


def said_of(scans: Sequence[Scan], repeated: bool = False) -> list[Said]:
    """The scans as they are listed."""
    names = names_of(scan.by for scan in scans)
    return [_said(scan, names, repeated) for scan in scans]


def _said(scan: Scan, names: Mapping[int, User], repeated: bool) -> Said:
    by = names[scan.by or 0].name if scan.by in names else ""
    is_fine = not scan.finding and not scan.misplaced
    sentence = _("In its place.") if is_fine else " ".join(_findings(scan))
    if repeated:
        when = date_format(timezone.localtime(scan.at), "H:i")
        sentence = _("Scanned before, by %(name)s at %(time)s. %(said)s") % {"name": by, "time": when, "said": sentence}
    return Said(
        id=f"{scan.pk}r" if repeated else str(scan.pk),
        kind="repeated" if repeated else "back" if is_fine else "refused",
        barcode=scan.barcode,
        title=scan.copy.book.title if scan.copy else "",
        said=sentence,
        by=by,
        at=scan.at,
    )


def _findings(scan: Scan) -> Iterable[str]:
    if scan.finding:
        yield f"{TITLES[scan.finding]}." if scan.finding != Scan.Finding.UNKNOWN else _("No copy has this number.")
    if scan.misplaced == Scan.Misplaced.SHELF and scan.copy:
        place = ", ".join(filter(None, [label_of(scan.copy), scan.copy.room]))
        yield _("It belongs on another shelf: %(place)s.") % {"place": place or "–"}
    elif scan.misplaced:
        yield _("It stands out of order: %(place)s.") % {"place": label_of(scan.copy)}
