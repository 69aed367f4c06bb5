"""What is printed: copies by barcode, by book or by import, and patrons by card."""

from collections.abc import Iterable, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import people
from catalog.models import Copy
from catalog.queries import copies_on_record
from catalog.shelf_order import Place, place_of
from opac.library_page import library_name
from printing.layouts import CopyLabel, PatronCard, with_prefix

MOST = 2_000
"""So many labels are printed at once."""


def barcodes_of(*, copies: Sequence[int] = (), books: Sequence[int] = (), run: int | None = None) -> list[str]:
    """The barcodes of these copies, of the copies of these books, or of what an import added, in their order."""
    chosen = copies_on_record().order_by("pk")
    if copies:
        chosen = chosen.filter(pk__in=copies)
    elif books:
        chosen = chosen.filter(book__in=books).order_by("book", "pk")
    else:
        chosen = chosen.filter(added_by=run)
    return list(chosen.values_list("barcode", flat=True)[: MOST + 1])


def copies_of(barcodes: Sequence[str]) -> tuple[list[CopyLabel], list[str]]:
    """The labels in the order of the barcodes, and which barcodes are on no copy."""
    found = {copy.barcode.upper(): copy for copy in _copies(barcodes)}
    library = library_name()
    labels = [label_of(found[one.upper()], library) for one in barcodes if one.upper() in found]
    return labels, [one for one in barcodes if one.upper() not in found]


def label_of(copy: Copy, library: str) -> CopyLabel:
    """What its labels say: its own marks, and for the rest what its book's call number has."""
    book = copy.book
    place = place_of(book.call_number) or Place("", "", "")
    own = "" if place.class_number or not book.call_number else book.call_number
    mark, volume = copy.shelving_mark or place.mark, copy.volume or book.volume or place.volume
    number = copy.copy_number or place.copy
    class_number = place.class_number or ("" if own else book.class_number)
    author, more = place.author_mark, [*own.split(), place.more, place.year]
    ends = [with_prefix("v.", volume) if volume else "", with_prefix("c.", number) if number else ""]
    lines = [one for one in (mark, class_number, author, *more, *ends) if one]
    whole = f"{mark} " * bool(mark) + (own or "-".join(filter(None, [class_number, author, *more, volume])))
    whole += f"={number.removeprefix('c.')}" * bool(number)
    return CopyLabel(copy.barcode, book.title, lines, whole.strip(), library)


def cards_of(numbers: Sequence[str]) -> tuple[list[PatronCard], list[str]]:
    """The cards in the order of their numbers, and which numbers are nobody's."""
    found = {person.card_number.upper(): person for person in _patrons(numbers)}
    library = library_name()
    cards = [card_of(found[one.upper()], library) for one in numbers if one.upper() in found]
    return cards, [one for one in numbers if one.upper() not in found]


def card_of(person: User, library: str) -> PatronCard:
    """What stands on somebody's card."""
    until = _("valid to %(day)s") % {"day": date_format(person.expires_on)} if person.expires_on else ""
    return PatronCard(person.card_number, person.name, str(person.category or ""), until, library)


def numbers_of(patrons: Sequence[int]) -> list[str]:
    """The card numbers of these patrons."""
    chosen = people().filter(pk__in=patrons).order_by("pk")
    return list(chosen.values_list("card_number", flat=True)[: MOST + 1])


def _copies(barcodes: Iterable[str]) -> Iterable[Copy]:
    return copies_on_record().filter(barcode__anycase_in=[*barcodes]).select_related("book")


def _patrons(numbers: Iterable[str]) -> Iterable[User]:
    return people().filter(card_number__anycase_in=[*numbers]).select_related("category")
