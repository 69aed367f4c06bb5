"""What a librarian does with copies."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from catalog.models import Book, Copy, CopyType
from catalog.rules import barcode_for
from catalog.services.copy_events import copy_added, copy_revised, copy_withdrawn
from catalog.services.numbers import next_numbers
from kernel.eventbus.publishing.outbox import publish, publish_many
from kernel.refusals import Behind, Refused
from kernel.storage.databases import atomic_in
from kernel.storage.lookups import folded


class BarcodeTaken(Refused):
    code = "barcode_taken"
    sentence = _("The barcode %(barcode)s is on another copy already.")


class CopiesOnLoan(Refused):
    code = "copies_on_loan"
    sentence = ngettext_lazy(
        "%(count)s copy is on loan: take it back before it is withdrawn.",
        "%(count)s copies are on loan: take them back before they are withdrawn.",
        "count",
    )
    shown = ("loan",)
    behind = Behind("admin:lending_loan_change", "lending.view_loan", "loan", _("who has it"))


class UnknownCopyType(Refused):
    code = "unknown_copy_type"
    sentence = _("There is no type of copies with the code %(type)s.")


@atomic_in("catalog")
def add_copies(
    book_id: int, *, now: datetime, count: int = 0, letters: str = "", barcodes: Sequence[str] = (), **record: Any
) -> list[Copy]:
    """Puts copies on the shelf, under barcodes of the library's own making, the next registration numbers that begin
    with `letters`, or the barcodes given.

    `record` holds fields that all of them have, as `revise_copy` takes them. Raises `Book.DoesNotExist`,
    `BarcodeTaken`, `NumbersUsedUp` and `UnknownCopyType`; all the copies are added, or none.
    """
    book = locked_book(book_id)
    wanted = list(barcodes) or (next_numbers(letters, count) if letters else fresh_barcodes(book, count))
    _refuse_taken(wanted)
    fields = _with_type(record)

    try:
        with atomic_in("catalog"):
            made = [Copy(book=book, barcode=barcode, added_at=now, **fields) for barcode in wanted]
            copies = Copy.objects.bulk_create(made)
    except IntegrityError as error:  # somebody used one at the same moment
        raise BarcodeTaken(barcode=", ".join(wanted)) from error

    publish_many([copy_added(copy, book, now) for copy in copies])
    return copies


@atomic_in("catalog")
def revise_copy(copy_id: int, *, now: datetime, **changes: Any) -> Copy:
    """Changes fields of a copy's record; `type` is a type's code or None.

    Raises `Copy.DoesNotExist`, `BarcodeTaken` and `UnknownCopyType`.
    """
    book = locked_book(Copy.objects.get(pk=copy_id, withdrawn_at=None).book_id)
    copy = book.copies.select_for_update().get(pk=copy_id, withdrawn_at=None)
    fields = _with_type(changes)
    if all(getattr(copy, name) == value for name, value in fields.items()):
        return copy
    if "barcode" in fields:
        _refuse_taken([fields["barcode"]], besides=copy)

    for name, value in fields.items():
        setattr(copy, name, value)
    copy.revision += 1
    copy.save(update_fields=[*fields, "revision"])

    publish(copy_revised(copy, book, now))
    return copy


@atomic_in("catalog")
def withdraw_copy(copy_id: int, *, now: datetime) -> None:
    """Takes one copy off the shelf for good. Raises `Copy.DoesNotExist` and `CopiesOnLoan`."""
    book = locked_book(Copy.objects.get(pk=copy_id, withdrawn_at=None).book_id)
    copies = locked_copies(book, pk=copy_id)
    if not copies:
        raise Copy.DoesNotExist
    refuse_lent(copies)

    take_off_shelf(copies, now)

    publish(copy_withdrawn(copies[0], book, now))


def locked_book(book_id: int) -> Book:
    """The book, locked. Raises `Book.DoesNotExist`."""
    return Book.objects.select_for_update().get(pk=book_id, withdrawn_at=None)


def locked_copies(book: Book, **which: Any) -> list[Copy]:
    """The book's copies that are not withdrawn, or those of them that are meant, locked in the order of their ids."""
    return list(book.copies.select_for_update().filter(withdrawn_at=None, **which).order_by("pk"))


def refuse_lent(copies: Iterable[Copy]) -> None:
    """Raises `CopiesOnLoan` where one of them is out."""
    if lent := [copy for copy in copies if copy.place == Copy.Place.LOAN]:
        raise CopiesOnLoan(count=len(lent), loan=lent[0].loan)


def take_off_shelf(copies: Iterable[Copy], now: datetime) -> None:
    """Marks the copies as withdrawn."""
    Copy.objects.filter(pk__in=[copy.pk for copy in copies]).update(withdrawn_at=now)


def fresh_barcodes(book: Book, count: int) -> list[str]:
    """The next barcodes of the book's own series, past those that somebody typed in by hand."""
    prefix = barcode_for(book.pk, 0)[:-4]
    in_series = Q(barcode__startswith=prefix) | Q(barcode__startswith=prefix.lower())
    used = {barcode.upper() for barcode in Copy.objects.filter(in_series).values_list("barcode", flat=True)}
    numbers = range(1, len(used) + count + 1)
    return [barcode for number in numbers if (barcode := barcode_for(book.pk, number)) not in used][:count]


def _with_type(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with the type's key in place of its code. Raises `UnknownCopyType`."""
    fields = dict(record)
    if "type" in fields:
        fields["type_id"] = fields.pop("type")
        if fields["type_id"] and not CopyType.objects.filter(pk=fields["type_id"]).exists():
            raise UnknownCopyType(type=fields["type_id"])
    return fields


def _refuse_taken(barcodes: Sequence[str], besides: Copy | None = None) -> None:
    keys = [folded(Value(barcode)) for barcode in barcodes]
    known = Copy.objects.annotate(key=folded("barcode")).filter(key__in=keys, withdrawn_at=None)
    others = known.exclude(pk=besides.pk) if besides else known
    taken = others.values_list("barcode", flat=True).first()
    if taken:
        raise BarcodeTaken(barcode=taken)
