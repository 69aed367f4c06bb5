"""Reads of the catalogue."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import Count, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalog.models import Book, Copy


def books_ever() -> QuerySet[Book]:
    """All books, withdrawn ones too, each with `copies_total` and `copies_available`."""
    return Book.objects.annotate(
        copies_total=_number_of(_copies_on_shelf()), copies_available=_number_of(_copies_available())
    )


def books_on_record() -> QuerySet[Book]:
    """The books that are not withdrawn, each with `copies_total` and `copies_available`."""
    return books_ever().filter(withdrawn_at=None)


def books_shown() -> QuerySet[Book]:
    """The books that are not withdrawn, each with its cover, to be shown to people."""
    return Book.objects.filter(withdrawn_at=None).select_related("cover")


def copies_of(book_id: int) -> QuerySet[Copy]:
    """The copies of a book that are not withdrawn, with their types, as they stand."""
    return copies_on_record().filter(book=book_id).select_related("type").order_by("volume", "copy_number", "pk")


def shelf_places_of(copy_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Of each of these copies what sorts it as it stands, its room, and what its label says."""
    found = Copy.objects.filter(pk__in=copy_ids).select_related("book")
    return {
        copy.pk: (
            copy.book.shelf_key,
            copy.room,
            " ".join(filter(None, [copy.shelving_mark, copy.book.call_number, copy.volume, copy.copy_number])),
        )
        for copy in found
    }


def barcodes_of(book_ids: Iterable[int]) -> dict[int, list[str]]:
    """Of each of these books the barcodes of its copies on record."""
    found: dict[int, list[str]] = {}
    copies = copies_on_record().filter(book__among=[*book_ids]).order_by("pk")
    for book_id, barcode in copies.values_list("book", "barcode"):
        found.setdefault(book_id, []).append(barcode)
    return found


def last_book_id() -> int:
    """The largest id of a book; 0 where there is none."""
    return Book.objects.aggregate(last=Max("pk"))["last"] or 0


def book_ids(*, after: int, upto: int) -> list[int]:
    """The ids in a range of the books that are not withdrawn."""
    found = Book.objects.filter(pk__gt=after, pk__lte=upto, withdrawn_at=None)
    return list(found.order_by("pk").values_list("pk", flat=True))


def usual_scheme(looked_at: int = 200) -> str:
    """The classification that most of the newest books have; empty where none of them has one."""
    newest = Book.objects.filter(withdrawn_at=None).order_by("-registered_at", "-id")
    schemes = Counter(newest.values_list("class_scheme", flat=True)[:looked_at])
    del schemes[""]
    return next((scheme for scheme, _books in schemes.most_common(1)), "")


def filtered_books(*, language: str = "", available: bool = False) -> QuerySet[Book]:
    """`books_on_record`, but only those in that language (`en` holds `en-GB`), with a copy to lend."""
    books = books_on_record()
    if language:
        books = books.filter(Q(language=language) | Q(language__startswith=f"{language}-"))
    if available:
        books = books.filter(Exists(_copies_available()))
    return books


def books_of_barcode(barcode: str) -> list[int]:
    """The ids of the books whose copy has the barcode, or had it: the present one first. Each kind has an index."""
    copies = Copy.objects.filter(barcode__anycase=barcode).order_by().values_list("book", "withdrawn_at")
    found = copies.filter(withdrawn_at=None).union(copies.filter(withdrawn_at__isnull=False), all=True)
    return [book for book, _withdrawn_at in sorted(found, key=lambda row: row[1] is not None)]


def copies_on_record(*, barcode: str = "") -> QuerySet[Copy]:
    """The copies that are not withdrawn, or the one of them that has the barcode."""
    copies = Copy.objects.filter(withdrawn_at=None)
    return copies.filter(barcode__anycase=barcode) if barcode else copies


def copies_shown() -> Iterator[dict[str, Any]]:
    """Where each copy that is not withdrawn is, as lending told, in the order of their ids."""
    columns = ("pk", "place", "condition", "lendable", "loan")
    yield from Copy.objects.filter(withdrawn_at=None).order_by("pk").values(*columns).iterator(chunk_size=2_000)


def copy_by_id(copy_id: int) -> Copy:
    """One copy that is not withdrawn. Raises `Copy.DoesNotExist`."""
    return copies_on_record().get(pk=copy_id)


def _copies_on_shelf() -> QuerySet[Copy]:
    return Copy.objects.filter(book=OuterRef("pk"), withdrawn_at=None)


def _copies_available() -> QuerySet[Copy]:
    return _copies_on_shelf().filter(lendable=True, for_loan=True)


def _number_of(copies: QuerySet[Copy]) -> Coalesce:
    number = copies.order_by().values("book").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number), 0, output_field=IntegerField())
