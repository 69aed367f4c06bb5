"""What the catalogue announces."""

from dataclasses import dataclass

from kernel.eventbus.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CatalogEvent(DomainEvent):
    """Something happened to a book. `revision` grows with each change of the book's record."""

    about = "book"

    book: int
    title: str
    revision: int


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
class CopyAdded(CatalogEvent):
    """A copy of a title came onto the shelf."""

    copy: int
    barcode: str


@dataclass(frozen=True, kw_only=True)
class CopyWithdrawn(CatalogEvent):
    """A copy of a title was taken off the shelf for good."""

    copy: int
    barcode: str
