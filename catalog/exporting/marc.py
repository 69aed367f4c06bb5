"""A book with its copies as a MARC record: MARC 21 (copies in 852, 876 and 877) or KORMARC (in 049, with 056, 090, 950;
what these have no place for in 852, 876 and 877, which KORMARC's holdings format has in common with MARC 21).

https://www.loc.gov/marc/bibliographic/, https://www.loc.gov/marc/holdings/, KS X 6006-0. ISO 2709 takes 9,999 bytes a
field and 99,999 a record: copies are parted over fields, and over records of one number; what is too long all the same
is refused by name.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from catalog.exporting.descriptions import parts_of
from catalog.exporting.holdings import Holding
from catalog.models import Book, Copy
from catalog.rules import OWN_SYSTEM, normalised_language
from kernel.importing.records import cleaned
from kernel.refusals import Refused

if TYPE_CHECKING:
    from pymarc import Field, Record

LONGEST_FIELD = 9_900
LONGEST_RECORD = 99_999
COPIES_A_RECORD = 400
MARC21, KORMARC = "marc21", "kormarc"
DIVISION = " -- "


class TooLongForMarc(Refused):
    code = "too_long_for_marc"
    sentence = _("“%(title)s” (%(book)s) is longer than a MARC record may be: write it as MARCXML or as a table.")


def marc_records(holding: Holding, flavour: str) -> "Iterator[Record]":
    """The book's record; several with the same number, each with a part of the copies, where there are many of them."""
    from pymarc import Record  # noqa: PLC0415  (large, and seldom needed: decision 36)

    book, copies, national_number = holding
    parts = [copies[start : start + COPIES_A_RECORD] for start in range(0, len(copies), COPIES_A_RECORD)]
    for part in parts or [()]:
        record = Record(force_utf8=True, leader=_leader(flavour))
        fields = [*_control(book, national_number), *_numbers(book, flavour), *_names_and_titles(book), *_about(book)]
        record.add_field(*sorted([*fields, *_holdings(part, flavour)], key=lambda field: field.tag))
        yield record


def transmitted(holding: Holding, flavour: str) -> bytes:
    """The records in transmission format. Raises `TooLongForMarc`."""
    written = b""
    for record in marc_records(holding, flavour):
        fields = (len(field.as_marc("utf-8")) for field in record.fields)
        whole = record.as_marc() if max(fields) <= LONGEST_FIELD else b""
        if not whole or len(whole) > LONGEST_RECORD:
            raise TooLongForMarc(title=holding.book.title[:60], book=holding.book.pk)
        written += whole
    return written


def _leader(flavour: str) -> str:
    """At 18 the rules of description: the Korean ones, else ISBD's without the punctuation that it sets."""
    return f"00000nam a2200000 {'k' if flavour == KORMARC else 'c'} 4500"


def _field(tag: str, *parts: tuple[str, str], indicators: str = "  ") -> "list[Field]":
    """A field of the parts that say something; none where none does. Letters that would end a field, or that XML can't
    hold, are blanks: people paste them along."""
    from pymarc import Field, Indicators, Subfield  # noqa: PLC0415

    subfields = [Subfield(code, text) for code, given in parts if (text := cleaned(given))]
    return [Field(tag, Indicators(*indicators), subfields)] if subfields else []


def _control(book: Book, national_number: str) -> "Iterator[Field]":
    from pymarc import Field  # noqa: PLC0415

    yield Field("001", data=str(book.pk))
    yield Field("003", data=OWN_SYSTEM)
    year = f"s{book.published_year:04d}" if book.published_year else "nuuuu"
    yield Field("008", data=f"{book.registered_at:%y%m%d}{year}    xx{' ' * 18}{_alpha3(book.language):3}  ")
    yield from _field("012", ("a", national_number))
    if book.language and _is_more_than_its_code(book.language):
        yield from _field("041", ("a", book.language), ("2", "rfc5646"), indicators=" 7")


def _numbers(book: Book, flavour: str) -> "Iterator[Field]":
    if book.isbn:
        yield from _field("020", ("a", book.isbn), ("g", book.isbn_addon))
    for isbn in book.other_isbns:
        yield from _field("020", ("a", isbn))
    scheme = {"kdc": "056", "ddc": "082"}.get(book.class_scheme, "099")
    if scheme == "056" and flavour == MARC21:
        yield from _field("084", ("a", book.class_number), ("2", "kdc" if book.class_number else ""))
    elif book.class_number:
        yield from _field(scheme, ("a", book.class_number), indicators="0 " if scheme == "082" else "  ")
    class_part, _blank, mark = book.call_number.partition(" ")
    yield from _field("090", ("a", class_part), ("b", mark), ("c", book.volume))


def _names_and_titles(book: Book) -> "Iterator[Field]":
    for place, author in enumerate(book.authors):
        yield from _field("700" if place else "100", ("a", author), indicators="1 ")
    yield from _field("245", ("a", book.title), indicators="10")
    for title in book.other_titles:
        yield from _field("246", ("a", title), indicators="3 ")
    year = str(book.published_year or "")
    yield from _field("264", ("b", book.publisher), ("c", year), indicators=" 1")
    series, _sign, number = book.series.partition(" ; ")
    yield from _field("490", ("a", series), ("v", number), indicators="0 ")


def _about(book: Book) -> "Iterator[Field]":
    for indicators, code, text in parts_of(book.description):
        yield from _field("520", (code, text), indicators=indicators)
    for subject in book.subjects:
        heading, *divisions = subject.split(DIVISION)
        yield from _field("650", ("a", heading), *(("x", part) for part in divisions), indicators=" 4")


def _holdings(copies: Sequence[Copy], flavour: str) -> "Iterator[Field]":
    return _in_049(copies) if flavour == KORMARC else _in_852(copies)


def _in_049(copies: Sequence[Copy]) -> "Iterator[Field]":
    """Copies in runs, each as long as a field may be; the price that most of them have is the record's."""
    run: list[tuple[str, str]] = []
    length = 0
    for copy in copies:
        parts = [("l", copy.barcode), ("v", copy.volume), ("c", copy.copy_number), ("f", copy.shelving_mark)]
        size = sum(len(text.encode()) + 2 for _code, text in parts)
        if length + size > LONGEST_FIELD:
            yield from _field("049", *run)
            run, length = [], 0
        run, length = [*run, *parts], length + size
    yield from _field("049", *run)
    prices = [copy.price for copy in copies if copy.price is not None]
    if prices:
        yield from _field("950", ("a", ""), ("b", f"₩{max(set(prices), key=prices.count)}"))
    yield from _beside_049(copies)


def _beside_049(copies: Sequence[Copy]) -> "Iterator[Field]":
    """What 049 and 950 can't tell of a copy: its price where not all have the same, its room, that it is not lent,
    and what belongs to it."""
    have_one_price = len({copy.price for copy in copies}) == 1
    for number, copy in enumerate(copies, 1):
        price = None if have_one_price else copy.price
        if copy.room:
            yield from _field("852", ("8", f"{number}"), ("c", copy.room))
        if price is not None or copy.room or copy.items or not copy.for_loan:
            yield from _item(number, copy, price)


def _in_852(copies: Sequence[Copy]) -> "Iterator[Field]":
    """A place and an item for each copy."""
    for number, copy in enumerate(copies, 1):
        copy_is = (("p", copy.barcode), ("t", copy.copy_number))
        yield from _field("852", ("8", f"{number}"), ("c", copy.room), ("k", copy.shelving_mark), *copy_is)
        yield from _item(number, copy, copy.price)


def _item(number: int, copy: Copy, price: int | None) -> "Iterator[Field]":
    """The copy, and each thing that belongs to it; $8 links these and its place."""
    link, cost, use = ("8", f"{number}"), "" if price is None else str(price), "" if copy.for_loan else "not for loan"
    about = (("3", copy.volume), ("c", cost), ("h", use), ("p", copy.barcode), ("t", copy.copy_number))
    yield from _field("876", link, *about)
    for thing in copy.items:
        yield from _field("877", link, ("3", thing))


@lru_cache(1024)
def _alpha3(tag: str) -> str:
    """MARC's code of a language: three letters, `und` where there is none."""
    import langcodes  # noqa: PLC0415  (large, and seldom needed: decision 36)

    try:
        return langcodes.get(tag).to_alpha3(variant="B") if tag else "   "
    except LookupError:
        return "und"


def _is_more_than_its_code(tag: str) -> bool:
    """Whether the tag also says a script or a region (`zh-Hant`, `ko-KR`), or MARC has no code of the language."""
    try:
        return normalised_language(_alpha3(tag)) != tag
    except ValueError:
        return True
