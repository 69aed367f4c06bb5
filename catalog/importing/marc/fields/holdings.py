"""The copies of a book: KORMARC's 049, the 852, 876 and 877 of both, Koha's 952."""

from collections.abc import Iterator

from catalog.importing.marc import values
from catalog.importing.marc.fields.own import as_it_stands
from catalog.importing.marc.fields.text import bare
from catalog.importing.marc.record import Field, Record
from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook, IncomingCopy

FOR_ALL = "0"
"""049's first indicator, where its one shelving mark is that of all its copies."""
GONE = ("lost", "missing", "withdrawn", "분실", "제적", "폐기", "행방불명")
RESTRICTED = ("not for loan", "대출불가", "열람용", "관내")
"""How 876 $h (use restrictions) begins for copies that are not lent."""
NO = {"", "0"}
FURTHER = ("volume", "copy_number", "shelving_mark", "room", "items", "type_code", "registered_on")


def copies_of(record: Record, found: IncomingBook) -> list[IncomingCopy]:
    """The copies, each barcode once. One that its own system has as lost or withdrawn is left out and noted.

    The record's price is that of its copies, unless 876 tells what single ones cost.
    """
    copies: dict[str, IncomingCopy] = {}
    for copy in (*_of_049(record), *_of_852(record, found), *_of_952(record, found)):
        barcode = values.barcode(copy.barcode) if copy.barcode else ""
        if barcode is None:
            found.note(Reason.BARCODE_UNUSABLE, copy.barcode)
            continue
        copy.barcode = barcode
        _complete(copies.setdefault(barcode.casefold() or str(len(copies)), copy), copy)
    if copies and not any(field.first("c") for field in record.of("876")):
        price = _price(record, found)
        for copy in copies.values():
            copy.price = price if copy.price is None else copy.price
    return list(copies.values())


def _complete(copy: IncomingCopy, more: IncomingCopy) -> None:
    """Adds what another field tells of the same copy."""
    for name in FURTHER:
        setattr(copy, name, getattr(copy, name) or getattr(more, name))
    copy.price = more.price if copy.price is None else copy.price
    copy.for_loan = copy.for_loan and more.for_loan


def _of_049(record: Record) -> Iterator[IncomingCopy]:
    """Each $l (or $I) begins a copy, and what stands behind it is its own; what stands before the first is of all.

    With an $a the field is OCLC's, which has no copies.
    """
    volume = as_it_stands(record, values.volume)
    for field in record.of("049"):
        if field.first("a"):
            continue
        run = [IncomingCopy()]
        for code, text in field.subfields:
            if code in ("l", "I"):
                run.append(IncomingCopy(barcode=text, shelving_mark=run[0].shelving_mark, volume=run[0].volume))
            elif code == "v":
                run[-1].volume = volume(text)
            elif code == "c":
                run[-1].copy_number = text
            elif code == "f":
                run[-1].shelving_mark = text
        marks = {copy.shelving_mark for copy in run if copy.shelving_mark}
        for copy in run[1:]:
            if field.indicators[0] == FOR_ALL and len(marks) == 1:
                [copy.shelving_mark] = marks
            if copy.barcode:
                yield copy


def _of_852(record: Record, found: IncomingBook) -> Iterator[IncomingCopy]:
    """852 is a place; it tells of a copy where it has its barcode, and else where 876 does (linked by $8)."""
    places = list(record.of("852"))
    items = {field.first("p"): field for field in record.of("876") if field.first("p")}
    for place in places:
        for barcode in place.parts("p"):
            yield from _item(items.pop(barcode, None), place, barcode, record, found)
    for barcode, item in items.items():
        linked = [place for place in places if _link(place) == _link(item)]
        yield from _item(item, linked[0] if linked else None, barcode, record, found)


def _link(field: Field) -> str:
    return field.first("8").partition(".")[0]


def _item(
    item: Field | None, place: Field | None, barcode: str, record: Record, found: IncomingBook
) -> Iterator[IncomingCopy]:
    copy, said = IncomingCopy(barcode=barcode), as_it_stands(record, bare)
    if place:
        copy.room = said(place.first("c") or place.first("b"))
        copy.shelving_mark = said(place.first("k") or place.first("j"))
        copy.copy_number = said(place.first("t"))
    if item:
        copy.copy_number = said(item.first("t")) or copy.copy_number
        copy.volume = as_it_stands(record, values.volume)(item.first("3"))
        copy.price = _amount(item.first("c"), found)
        copy.items = [field.first("3") for field in record.of("877") if _link(field) and _link(field) == _link(item)]
        copy.for_loan = not item.first("h").casefold().startswith(RESTRICTED)
        if any(word in item.first("j").lower() for word in GONE):
            found.note(Reason.COPY_GONE, barcode)
            return
    yield copy


def _of_952(record: Record, found: IncomingBook) -> Iterator[IncomingCopy]:
    """Koha's items: https://wiki.koha-community.org/wiki/Holdings_data_fields_(9xx)."""
    for field in record.of("952"):
        if not field.first("p") and not (field.first("a") and field.first("y")):
            continue
        if field.first("0") not in NO or field.first("1") not in NO:
            found.note(Reason.COPY_GONE, field.first("p"))
            continue
        yield IncomingCopy(
            barcode=field.first("p"),
            volume=values.volume(field.first("h")),
            copy_number=bare(field.first("t")),
            room=field.first("c"),
            type_code=field.first("y"),
            price=_amount(field.first("g"), found),
            for_loan=field.first("7") in NO,
            registered_on=values.day(field.first("d")),
        )


def _price(record: Record, found: IncomingBook) -> int | None:
    """The book's price: KORMARC's 950 $b, else what stands with the ISBN."""
    texts = [
        text for tag, code in (("950", "b"), ("020", "c")) for field in record.of(tag) for text in field.parts(code)
    ]
    for text in texts:
        amount, sensible = values.price(text)
        if amount is not None or sensible:
            return amount
    if texts:
        found.note(Reason.PRICE_UNKNOWN, texts[0])
    return None


def _amount(text: str, found: IncomingBook) -> int | None:
    amount, sensible = values.price(text)
    if not sensible:
        found.note(Reason.PRICE_UNKNOWN, text)
    return amount
