"""The table of a book's copies: where each stands, and where it is now."""

from collections.abc import Mapping, Sequence
from datetime import date

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from catalog.models import Book, Copy
from kernel.pieces import piece
from opac.sentences import gettext as _

register = template.Library()
ROW = piece(
    """<tr>
      <td class="call-number number" data-label="{on_shelf_as}">{place}</td>
      <td data-label="{in_room}">{room}</td>
      <td class="number" data-label="{called}">{barcode}{type}{items}</td>
      <td data-label="{where}">{now}</td>
    </tr>"""
)
TYPE, ITEM = (piece(f'<br><span class="small quiet">{lead}{{text}}</span>') for lead in ("", "+ "))
BADGE, GOOD, WARNING = (piece(f'<span class="badge{kind}">{{text}}</span>') for kind in ("", " good", " warn"))
UNTIL = piece('{badge} <span class="small quiet">{until}</span>')
UNKNOWN = "–"


@register.simple_tag
def rows_of(copies: Sequence[Copy], book: Book, due: Mapping[int, date | None] | None) -> SafeString:
    """Each copy, where `due` has the due dates of those that are out, or is None while lending is away."""
    names = {
        "on_shelf_as": _("On the shelf as"),
        "in_room": _("Room"),
        "called": _("Copy"),
        "where": _("Where it is now"),
    }
    return SafeString("".join(_row(copy, book, due, names) for copy in copies))


def _row(copy: Copy, book: Book, due: Mapping[int, date | None] | None, names: Mapping[str, str]) -> SafeString:
    return ROW(
        **names,
        place=_place(copy, book) or UNKNOWN,
        room=copy.room or UNKNOWN,
        barcode=copy.barcode,
        type=TYPE(text=copy.type) if copy.type else "",
        items=SafeString("".join(ITEM(text=item) for item in copy.items)),
        now=_now(copy, due),
    )


def _place(copy: Copy, book: Book) -> str:
    """What stands on the copy's label: shelving mark, call number, volume and copy number."""
    volume = copy.volume or book.volume
    marks = (f"v.{volume}" if volume.isdecimal() else volume, f"c.{copy.copy_number}" if copy.copy_number else "")
    return " ".join(part for part in (copy.shelving_mark, book.call_number, *marks) if part)


def _now(copy: Copy, due: Mapping[int, date | None] | None) -> str:
    """Where a copy is at this moment; while lending is away, as the catalogue has it, a moment behind. One in order
    that may not be lent is held for somebody; others are in the drop box, or not in order."""
    place, is_known = copy.place, due is not None
    if copy.pk in due if due is not None else place == Copy.Place.LOAN:
        return _on_loan(due[copy.pk] if due else None)
    if not copy.lendable:
        if copy.condition == Copy.Condition.OK and place in {Copy.Place.SHELF, Copy.Place.HOLD_SHELF}:
            return WARNING(text=_("Held for somebody"))
        if not is_known or place != Copy.Place.LOAN:
            return BADGE(text=_("Not on the shelf"))
    if not copy.for_loan:
        return BADGE(text=_("To be read here"))
    return GOOD(text=_("In")) if is_known else UNKNOWN


def _on_loan(until: date | None) -> SafeString:
    badge = WARNING(text=_("On loan"))
    if until is None:
        return badge
    said = _("due back on %(day)s, overdue") if until < timezone.localdate() else _("until %(day)s")
    return UNTIL(badge=badge, until=said % {"day": date_format(until)})
