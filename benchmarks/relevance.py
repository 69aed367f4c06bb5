"""`python -m benchmarks.relevance`: the mean reciprocal rank of what patrons mean, over real files.

A line of `questions.tsv` has a question and the books that are right answers: `g13` is a number of goodbooks10k, `u960`
a control number of the University of Virginia's records, `k978...` an ISBN of the Korean ones, `@jon krakauer` each
book of an author. The questions were written from reading the files. Those are not part of the project: ../shared/data.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import django

if __name__ == "__main__":
    django.setup()

from django.core.management import call_command
from django.utils import timezone

from catalog.importing.fitting import fitted, is_usable
from catalog.importing.marc.iso2709 import marc_records
from catalog.importing.marc.marcxml import marcxml_records
from catalog.importing.records import IncomingBook
from catalog.importing.tables.reading import table_records
from catalog.models import Book, SourceRecord
from catalog.search.asking import best_matches
from catalog.search.index import folder, writing
from catalog.search.upkeep import rebuild
from kernel.values.isbns import read_isbn

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FILES = {"g": "goodbooks10k_books.csv", "u": "uva_001_2000.mrc", "k": "kormarc_prototype_100.marcxml"}
LOOKED_AT = 20
"""A right answer behind so many others is as good as none."""


class Judged(NamedTuple):
    """A question, and where its first right answer stands: 0 for nowhere."""

    question: str
    place: int


def missing_files() -> list[str]:
    """Those of the files that are not here."""
    return [name for name in FILES.values() if not (DATA / name).exists()]


def shelve() -> None:
    """Takes the records of the files in, and indexes them."""
    seen: set[str] = set()
    books, keys = [], []
    for mark, record in _records():
        if not is_usable(fitted(record)):
            continue
        if record.fields.get("isbn") in seen:
            record.fields["isbn"] = None
        seen.add(record.fields.get("isbn") or "")
        books.append(Book(**record.fields, registered_at=timezone.now()))
        keys.append(f"{mark}{record.control_number}" if record.control_number else f"{mark} {len(keys)}")
    Book.objects.bulk_create(books, batch_size=1_000)
    named = zip(keys, books, strict=True)
    SourceRecord.objects.bulk_create([SourceRecord(key=key, book=book, said={}) for key, book in named])
    place = folder()
    with writing(place, wait=60):
        rebuild(place)


def judge() -> list[Judged]:
    """Asks every question of the table."""
    books = {book.pk: book for book in Book.objects.defer("description")}
    numbers = dict(SourceRecord.objects.values_list("book", "key"))
    with (Path(__file__).parent / "questions.tsv").open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Judged(line["question"], _place(line["question"], line["right"].split(","), books, numbers)) for line in lines
    ]


def mean_reciprocal_rank(judged: list[Judged]) -> float:
    """1 when the first answer is always right, 0.5 when it is always the second."""
    return sum(1 / one.place for one in judged if one.place) / len(judged)


def _place(question: str, right: list[str], books: dict[int, Book], numbers: dict[int, str]) -> int:
    found = best_matches(question, most=LOOKED_AT)
    for place, book in enumerate(found, 1):
        if any(_is_right(books[book], numbers[book], one) for one in right):
            return place
    return 0


def _is_right(book: Book, number: str, right: str) -> bool:
    if right.startswith("@"):
        return any(author.lower().startswith(right[1:]) for author in book.authors)
    if right.startswith("k"):
        return book.isbn == _isbn(right[1:])
    return number == right


def _isbn(text: str) -> str:
    try:
        return read_isbn(text).digits
    except ValueError:
        return text


def _records() -> Iterator[tuple[str, IncomingBook]]:
    for record in table_records(DATA / FILES["g"]):
        yield "g", record
    with (DATA / FILES["u"]).open("rb") as file:
        for record in marc_records(file):
            yield "", record
    with (DATA / FILES["k"]).open("rb") as file:
        for record in marcxml_records(file):
            yield "k", record


def main() -> int:
    """Fills the empty database at `DATABASE_URL`, and prints the rank and what stands behind another book."""
    if missing := missing_files():
        print(f"relevance was not measured: {', '.join(missing)} are not in {DATA}")
        return 0
    call_command("migrate", verbosity=0)
    shelve()
    judged = judge()
    print(f"\n{len(judged)} questions, mean reciprocal rank {mean_reciprocal_rank(judged):.3f}")
    for one in judged:
        if one.place != 1:
            print(f"  {one.question}: {one.place or 'not found'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
