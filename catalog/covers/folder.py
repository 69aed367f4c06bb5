"""A folder of pictures that are named by ISBN, as the covers of the books that have these ISBNs."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from catalog.covers.pictures import LARGEST_FILE, CoverTooLarge, CoverUnusable, pictures_of
from catalog.covers.services import set_cover
from catalog.models import Book, Cover
from catalog.search.asking import books_of_isbn
from kernel.storage.retries import with_retries
from kernel.values.isbns import read_isbn

ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
AT_ONCE = 200


class Outcome(TextChoices):
    """What became of a picture."""

    TAKEN = "taken", _("taken")
    UNCHANGED = "unchanged", _("the book has this cover already")
    NO_BOOK = "no_book", _("no book has this ISBN")
    NO_ISBN = "no_isbn", _("the name is no ISBN")
    UNUSABLE = "unusable", _("no picture that can be a cover")


LOST = (Outcome.NO_BOOK, Outcome.NO_ISBN, Outcome.UNUSABLE)


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder, by name. Raises `OSError`."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())


def take_covers(
    files: Sequence[Path], *, now: datetime, dry_run: bool, note: Callable[[Path, Outcome], object]
) -> Counter[Outcome]:
    """Takes each picture in a transaction of its own; `note` is called with what became of each."""
    counted: Counter[Outcome] = Counter()
    left = iter(files)
    while batch := list(islice(left, AT_ONCE)):
        for path, outcome in _taken(batch, now=now, dry_run=dry_run):
            counted[outcome] += 1
            note(path, outcome)
    return counted


def _taken(batch: Sequence[Path], *, now: datetime, dry_run: bool) -> Iterator[tuple[Path, Outcome]]:
    isbns = {path: _isbn_of(path) for path in batch}
    found = Book.objects.filter(isbn__in={*isbns.values()} - {""}, withdrawn_at=None)
    books = dict(found.values_list("isbn", "pk"))
    books |= {isbn: others[0] for isbn in {*isbns.values()} - {"", *books} if len(others := books_of_isbn(isbn)) == 1}
    for path, isbn in isbns.items():
        if not isbn or isbn not in books:
            yield path, Outcome.NO_BOOK if isbn else Outcome.NO_ISBN
        else:
            yield path, _take(path, books[isbn], now=now, dry_run=dry_run)


def _take(path: Path, book_id: int, *, now: datetime, dry_run: bool) -> Outcome:
    try:
        with path.open("rb") as file:
            pictures = pictures_of(file.read(LARGEST_FILE + 1))
        if dry_run:
            is_new = not Cover.objects.filter(book=book_id, digest=pictures.digest).exists()
        else:
            is_new = with_retries(partial(set_cover, book_id, pictures, now=now))
    except (CoverUnusable, CoverTooLarge, OSError):
        return Outcome.UNUSABLE
    except Book.DoesNotExist:  # withdrawn a moment ago
        return Outcome.NO_BOOK
    return Outcome.TAKEN if is_new else Outcome.UNCHANGED


def _isbn_of(path: Path) -> str:
    try:
        return read_isbn(path.stem).digits
    except ValueError:
        return ""
