"""The first hits of many are looked for among the best of all books, and are the same wherever they are looked for."""

from collections.abc import Iterator

import pytest

from catalog.search.asking import search
from catalog.search.finding import Filters, Hit, Search, Sorting
from catalog.search.hits import parts
from catalog.search.rank import MOST_WORDS, band_of, rank_of
from tests.catalog.books import register

NEVER, AT_ONCE = 1_000_000, 1


@pytest.fixture
def harbours(db: None) -> None:
    """Invented books of all ranks, in no order."""
    for number in range(36):
        title = "Harbour" + " light" * (number * 7 % 5) + " 항구" * (number % 3 == 0)
        register(title, language="ko" if number % 4 else "en", loans_before=(number * 11 % 6) ** 3)


@pytest.fixture(autouse=True)
def beginnings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part is a ninth or a third of these few books, and nothing is known of others."""
    monkeypatch.setattr(parts, "PARTS", (9, 3))
    monkeypatch.setattr(parts, "remembered", parts.Remembered())


def pages(by: Search, size: int) -> Iterator[list[Hit]]:
    page = by.hits(size)
    while page:
        yield page
        page = by.hits(size, beside=page[-1])


@pytest.mark.parametrize("sorting", [Sorting.ANSWER, Sorting.BORROWED])
@pytest.mark.parametrize(("question", "language"), [("harbour", ""), ("harbour light", ""), ("", "ko"), ("", "")])
@pytest.mark.usefixtures("harbours")
def test_pages_are_the_same_by_parts(
    question: str, language: str, sorting: Sorting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(many: int) -> list[list[Hit]]:
        monkeypatch.setattr(parts, "MANY", many)
        by = search(question, Filters(language=language), sorting).by
        assert isinstance(by, Search)
        return [page for size in (1, 2, 5) for page in pages(by, size)]

    without, by_parts = asked(NEVER), asked(AT_ONCE)

    assert parts.remembered.beginnings.books == 36
    assert by_parts == without
    assert sum(len(page) for page in without) > 3 * 20


@pytest.mark.usefixtures("harbours")
def test_a_part_is_looked_into_where_it_may_have_enough_of_the_hits_below_a_rank(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by = search("harbour").by
    assert isinstance(by, Search)
    monkeypatch.setattr(parts, "MANY", AT_ONCE)

    def number(size: int, below: int) -> int:
        return len(list(parts.best_parts(by._searcher, size, by.total, below)))

    last, highest = by.hits(36)[-1], rank_of(0, 10_000, 0)
    assert [number(size, highest) for size in (4, 5, 12, 13)] == [2, 1, 1, 0]
    assert number(1, last.rank) == 0
    monkeypatch.setattr(parts, "MANY", 37)
    assert number(1, highest) == 0


def test_bands_rise_with_ranks() -> None:
    ranks = [
        rank_of(book, loans, words)
        for loans in (0, 1, 2, 500)
        for words in (MOST_WORDS, 9, 1)
        for book in (900_000, 20_000, 19_000, 1)
    ]

    bands = [band_of(rank) for rank in ranks]

    assert ranks == sorted(ranks)
    assert bands == sorted(bands)
    assert len(set(bands[:12])) == 9, "those that are not lent are parted by their ids"
    assert len(set(bands[12:])) == 9, "of the others those are one band that are equally popular and long"
