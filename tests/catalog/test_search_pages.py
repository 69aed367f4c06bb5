"""What a page of results shows besides the hits: sorted otherwise, narrowed, and counted."""

import pytest

from catalog.models import Book, Copy
from catalog.search import counting, keeper
from catalog.search.asking import search
from catalog.search.finding import Filters, Sorting
from catalog.services import add_copies
from tests.catalog.books import NOW, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def rivers() -> None:
    """Invented books about rivers; the third is the most borrowed."""
    register("강물이 흐른다", "나루", published_year=1998, language="ko", class_number="813.7", subjects=["강"])
    register("강가의 집", "가람", published_year=2011, language="ko", class_number="540", subjects=["강", "집"])
    register("강 River", "나루", published_year=None, language="en", class_number="914", loans_before=90)
    register("바다", "가람", published_year=2011, language="ko", subjects=["바다"])


def titles(question: str, filters: Filters, sorting: Sorting = Sorting.ANSWER, **page: int) -> list[str]:
    hits = search(question, filters, sorting).by.hits(page.pop("size", 9), **page)
    books = Book.objects.in_bulk([hit.book for hit in hits])
    return [books[hit.book].title for hit in hits]


@pytest.mark.parametrize(
    ("sorting", "sorted_titles"),
    [
        (Sorting.ANSWER, ["강 River", "강물이 흐른다", "강가의 집"]),
        (Sorting.NEWEST, ["강 River", "강가의 집", "강물이 흐른다"]),
        (Sorting.YEAR, ["강가의 집", "강물이 흐른다", "강 River"]),
        (Sorting.TITLE, ["강 River", "강가의 집", "강물이 흐른다"]),
        (Sorting.BORROWED, ["강 River", "강물이 흐른다", "강가의 집"]),
    ],
)
@pytest.mark.usefixtures("rivers")
def test_hits_are_sorted(sorting: Sorting, sorted_titles: list[str]) -> None:
    assert titles("강", Filters(), sorting) == sorted_titles
    assert [titles("강", Filters(), sorting, size=1, start=number) for number in range(4)] == [
        *([title] for title in sorted_titles),
        [],
    ]


@pytest.mark.parametrize("sorting", [each for each in Sorting if each is not Sorting.TITLE])
@pytest.mark.usefixtures("rivers")
def test_pages_begin_beside_a_hit_whatever_they_are_sorted_by(sorting: Sorting) -> None:
    by = search("", sorting=sorting).by
    every = by.hits(9)

    assert len(every) == 4
    assert by.hits(9, beside=every[0]) == every[1:]
    assert by.hits(2, beside=every[3], backwards=True) == [every[2], every[1]]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(author_name="나루"), {"강물이 흐른다", "강 River"}),
        (Filters(subject="집"), {"강가의 집"}),
        (Filters(main_class="9"), {"강 River"}),
        (Filters(language="ko"), {"강물이 흐른다", "강가의 집"}),
        (Filters(years=(2010, 2019)), {"강가의 집"}),
        (Filters(author_name="나루", language="ko"), {"강물이 흐른다"}),
    ],
)
@pytest.mark.usefixtures("rivers")
def test_filters_narrow(filters: Filters, found: set[str]) -> None:
    assert set(titles("강", filters)) == found
    assert search("강", filters).by.total == len(found)


@pytest.mark.usefixtures("rivers")
def test_each_filter_has_its_counts() -> None:
    assert search("강").by.counts() == {
        "language": {"ko": 2, "en": 1},
        "author_name": {"나루": 2, "가람": 1},
        "class": {"5": 1, "8": 1, "9": 1},
        "subject": {"강": 2, "집": 1},
        "copies": {"no": 3},
        "available": {"no": 3},
        "decade": {"1990": 1, "2010": 1},
    }
    assert search("강", Filters(subject="집")).by.counts()["author_name"] == {"가람": 1}


@pytest.mark.usefixtures("rivers")
def test_counts_of_filters_alone_follow_the_catalogue() -> None:
    assert search("", Filters(language="ko")).by.counts()["decade"] == {"1990": 1, "2010": 2}
    register("여울", "가람", published_year=2011, language="ko")

    assert search("", Filters(language="ko")).by.counts()["decade"] == {"1990": 1, "2010": 3}
    assert search("").by.counts()["language"] == {"ko": 4, "en": 1}


def test_available_means_a_copy_that_can_be_lent_now() -> None:
    book = register("하나뿐인 책")
    reference = register("늘 있는 책")
    add_copies(book.pk, now=NOW, count=1)
    Copy.objects.filter(pk=add_copies(reference.pk, now=NOW, count=1)[0].pk).update(for_loan=False)

    assert titles("책", Filters(available=True)) == ["하나뿐인 책"]
    assert search("책").by.counts()["available"] == {"no": 1, "yes": 1}


@pytest.mark.usefixtures("rivers")
def test_names_are_counted_among_few_books_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_NAMED", 2)

    assert not {"author_name", "subject"} & set(search("강").by.counts())
    assert search("바다").by.counts()["author_name"] == {"가람": 1}


@pytest.mark.parametrize("at_once", [counting.AT_ONCE, 0])
def test_counts_of_names_are_exact_in_an_index_of_many_parts(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "NAMES", {"author_name": 1, "subject": 1})
    monkeypatch.setattr(counting, "AT_ONCE", at_once)
    for part in (["잦은 이"] * 2, ["잦은 이"] * 2, ["가", "가", "나", "나", "다", "다", "라", "라", "잦은 이"]):
        for author in part:
            register("책", author)
        keeper.keep_current()

    assert search("책").by.counts()["author_name"] == {"잦은 이": 5}
