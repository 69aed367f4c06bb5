"""A random library: two sources, corrections, loans, doubts and undoing in any order, and what holds all the while."""

from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from catalog.importing.deciding import BookGone, decide
from catalog.models import Book, Copy
from catalog.services import CopiesOnLoan, note_shelf, revise_book, withdraw_book
from kernel.importing.models import Doubt
from kernel.storage.databases import atomic_in, database_of
from tests.catalog.importing.runs import Ran, a_record, imported, told

pytestmark = pytest.mark.django_db

SET = "9788937483257"


class Work(NamedTuple):
    """A work as its sources have it: spellings of its title, its author, its ISBN, a barcode."""

    titles: tuple[str, ...]
    author: str
    isbn: str | None
    barcode: str


WORKS = [
    Work(("느티나무 아래", "느티나무 아래 : 마을 이야기"), "한느티", "9791190090018", "EM1"),
    Work(("바람의 도서관", "바람의 도서관!"), "윤바람", "9788937460449", "EM2"),
    Work(("Quiet Harbor", "Quiet harbor"), "Mina Vale", SET, "EM3"),
    Work(("Loud Harbor", "Loud Harbour"), "Otto Rand", SET, "EM4"),
    Work(("소나기", "소나기."), "황순원", None, "EM5"),
    Work(("산마루의 겨울", "산마루의 겨울"), "홍길동", None, "EM1"),
]
"""Two have the ISBN of one set, and two claim one barcode."""
BY_TITLE = {title: work for work in WORKS for title in work.titles}

entries = some.tuples(some.sampled_from(range(len(WORKS))), some.integers(0, 1), some.integers(0, 2))
files = some.lists(entries, min_size=1, max_size=5)
numbers = some.integers(0, 9)
steps = some.one_of(
    some.tuples(some.just("import"), some.sampled_from(["KOLAS", ""]), files),
    some.tuples(some.just("again"), numbers, some.none()),
    some.tuples(some.just("correct"), numbers, some.sampled_from(["publisher", "title"])),
    some.tuples(some.just("withdraw"), numbers, some.none()),
    some.tuples(some.just("lend"), numbers, some.none()),
    some.tuples(some.just("undo"), numbers, some.none()),
    some.tuples(some.just("decide"), numbers, some.sampled_from(["same", "other", "aside"])),
)


def work_of(title: str) -> Work:
    """The work that a title is of, whichever spelling it is, corrected or not."""
    return BY_TITLE[title.replace(" 고침", "")]


class Library:
    """What was done, and what must hold of it."""

    def __init__(self) -> None:
        self.imports: list[tuple[Ran, str, list[Any]]] = []
        self.corrected: dict[tuple[int, str], str] = {}
        self.titles: dict[int, str] = {}
        self.lent: set[str] = set()

    def do(self, step: tuple[Any, Any, Any]) -> None:
        """One step, as far as there is anything to do it to."""
        name, one, two = step
        getattr(self, f"_{name}")(one, two)
        self.hold()

    def hold(self) -> None:
        """The promises."""
        copies = Copy.objects.filter(withdrawn_at=None)
        assert not copies.exclude(book__withdrawn_at=None).exists()
        barcodes = [barcode.upper() for barcode in copies.values_list("barcode", flat=True)]
        assert len(barcodes) == len(set(barcodes))
        for book in Book.objects.all():
            for name in ("publisher", "title"):
                if (book.pk, name) in self.corrected:
                    assert getattr(book, name) == self.corrected[book.pk, name]
            if (book.pk, "title") not in self.corrected:
                first = self.titles.setdefault(book.pk, book.title)
                assert work_of(first) is work_of(book.title), (first, book.title)
        assert self.lent <= set(Copy.objects.values_list("barcode", flat=True))

    def _import(self, system: str, file: list[Any]) -> None:
        books = Book.objects.count()
        digest = f"{hash(repr(file)) & 0xFFFFFFFF:064x}"
        ran = imported(*self._records(system, file), digest=digest, one_by_one=len(file) > 3)
        assert Book.objects.count() - books == ran.figures[0]
        assert sum(ran.figures) == len(file)
        self.imports.append((ran, system, file))

    def _records(self, system: str, file: list[Any]) -> list[Any]:
        records = []
        for which, spelling, copies in file:
            work = WORKS[which]
            barcodes = [f"{work.barcode}-{number}" for number in range(copies)]
            fields = {"authors": [work.author], "isbn": work.isbn, "publisher": f"출판 {spelling}"}
            number = str(which + 1) if system else ""
            records.append(a_record(work.titles[spelling], number, *barcodes, system=system, **fields))
        return records

    def _again(self, number: int, _: None) -> None:
        """The last file at once again: nothing is added, nothing is changed."""
        if self.imports:
            _ran, system, file = self.imports[number % len(self.imports)]
            self._import(system, file)
            before = list(Book.objects.values_list("pk", "revision")), Copy.objects.count()
            self._import(system, file)
            last = self.imports[-1][0].figures
            assert (last[0], before) == (0, (list(Book.objects.values_list("pk", "revision")), Copy.objects.count()))

    def _correct(self, number: int, name: str) -> None:
        if book := self._one(Book.objects.filter(withdrawn_at=None), number):
            value = f"{book.publisher}*" if name == "publisher" else f"{book.title} 고침"
            revise_book(book.pk, now=timezone.now(), **{name: value})
            self.corrected[book.pk, name] = value

    def _withdraw(self, number: int, _: None) -> None:
        if book := self._one(Book.objects.filter(withdrawn_at=None), number):
            try:
                withdraw_book(book.pk, now=timezone.now())
            except CopiesOnLoan:
                assert book.copies.filter(place="loan").exists()

    def _lend(self, number: int, _: None) -> None:
        if copy := self._one(Copy.objects.filter(withdrawn_at=None), number):
            note_shelf({copy.pk: told(copy.moves + 1, out=copy.lendable)})
            self.lent.add(copy.barcode)

    def _undo(self, number: int, _: None) -> None:
        if self.imports:
            ran, *_rest = self.imports.pop(number % len(self.imports))
            lent = set(Book.objects.filter(added_by=ran.run.pk, copies__moves__gt=0).values_list("title", flat=True))
            stay = ran.undo()
            assert lent <= set(stay)
            assert not Book.objects.filter(added_by=ran.run.pk).exists()

    def _decide(self, number: int, decision: str) -> None:
        open_ones = Doubt.objects.using(database_of("catalog")).filter(decision="").select_related("run")
        if doubt := self._one(open_ones, number):
            try:
                with atomic_in("catalog"):
                    decide(doubt, decision, timezone.now())
                    doubt.decision = decision
                    doubt.save()
            except BookGone:
                assert not Book.objects.filter(pk=doubt.subject, withdrawn_at=None).exists()

    def _one(self, things: Any, number: int) -> Any:
        found = list(things.order_by(F("pk")))
        return found[number % len(found)] if found else None


@given(story=some.lists(steps, min_size=2, max_size=9))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(story=[("import", "KOLAS", [(2, 0, 1), (3, 0, 1)]), ("import", "", [(2, 1, 1), (3, 1, 2)]), ("undo", 0, None)])
@example(story=[("import", "KOLAS", [(0, 0, 2)]), ("correct", 0, "title"), ("again", 0, None), ("undo", 0, None)])
@example(story=[("import", "", [(0, 0, 1), (5, 0, 1)]), ("decide", 0, "same"), ("again", 0, None)])
@example(story=[("import", "KOLAS", [(0, 0, 0), (0, 1, 0)]), ("again", 0, None)])
@example(story=[("import", "KOLAS", [(0, 0, 0)]), ("correct", 0, "publisher"), ("import", "", [(0, 1, 0)])])
@example(story=[("import", "KOLAS", [(0, 0, 1)]), ("lend", 0, None), ("undo", 0, None)])
def test_a_random_library_keeps_its_promises(story: list[Any]) -> None:
    with transaction.atomic(using=database_of("catalog")):
        library = Library()
        for step in story:
            library.do(step)
        transaction.set_rollback(True, using=database_of("catalog"))
