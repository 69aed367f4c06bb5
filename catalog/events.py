"""What the catalogue announces."""

from dataclasses import dataclass

from kernel.eventbus.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CatalogEvent(DomainEvent):
    """Something happened to a book. `revision` grows with each change of the book's record; `main_class` is a digit
    of the Korean Decimal Classification, empty where the record has none."""

    about = "book"

    book: int
    title: str
    revision: int
    main_class: str = ""


@dataclass(frozen=True, kw_only=True)
class BookRegistered(CatalogEvent):
    """A title entered the catalogue."""

    isbn: str | None


@dataclass(frozen=True, kw_only=True)
class BookRevised(CatalogEvent):
    """The record of a title was changed."""

    isbn: str | None


@dataclass(frozen=True, kw_only=True)
class BookWithdrawn(CatalogEvent):
    """A title left the catalogue, and all its copies with it."""


@dataclass(frozen=True, kw_only=True)
class CopyEvent(CatalogEvent):
    """Something happened to a copy. `copy_revision` grows with each change of the copy's record; `type` is the code of
    a type of copies; `price` is in whole units of the library's currency."""

    copy: int
    barcode: str
    copy_revision: int = 1
    type: str | None = None
    for_loan: bool = True
    volume: str = ""
    price: int | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CopyAdded(CopyEvent):
    """A copy of a title came onto the shelf."""


@dataclass(frozen=True, kw_only=True)
class CopyRevised(CopyEvent):
    """The record of a copy was changed: its barcode, type, volume, price, its items, or whether it is for loan."""


@dataclass(frozen=True, kw_only=True)
class CopyWithdrawn(CatalogEvent):
    """A copy of a title was taken off the shelf for good."""

    copy: int
    barcode: str
