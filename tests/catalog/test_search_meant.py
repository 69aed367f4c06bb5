"""What "did you mean" offers."""

import pytest

from catalog.search.asking import search
from catalog.search.fallback import Fallback
from catalog.search.finding import Filters, Sorting
from catalog.search.text.spelling import is_one_slip
from tests.catalog.books import register


@pytest.fixture
def shelf(db: None) -> None:
    register("Risjord’s Philosophy of nursing", "M. Risjord", language="en")
    register("The half-blood heir", "Dee Moor", language="en")
    register("해리포터와 마법사의 돌", "조앤 롤링", language="ko")
    register("고양이를 부탁해요", "나루", "金素月", language="ko")
    register("Café de Łódź", "Ōe Kenzaburō", language="fr")


def meant(question: str, filters: Filters | None = None, sorting: Sorting = Sorting.ANSWER) -> str | None:
    return search(question, filters or Filters(), sorting).by.meant


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("philosohpy", "philosophy"),
        ("Philosphy  NURSING", "philosophy NURSING"),
        ("philosophyy of nurssing", "philosophy of nursing"),
        ("half-blod heir", "half-blood heir"),
        ("Risjrod", "risjord"),
        ("kenzaubro", "kenzaburo"),
        ("해리포타", "해리포터"),
        ("헤리포터와 돌", "해리포터와 돌"),
        ("고영이를", "고양이를"),
        ("부턱해요 나루", "부탁해요 나루"),
        ("마법시의 헤리포터", "마법사의 해리포터"),
    ],
)
@pytest.mark.parametrize("sorting", [Sorting.ANSWER, Sorting.NEWEST])
@pytest.mark.usefixtures("shelf")
def test_mistyped_words_are_put_right(question: str, right: str, sorting: Sorting) -> None:
    assert meant(question, sorting=sorting) == right
    assert search(right).by.total == 1


@pytest.mark.parametrize(
    "question",
    [
        "philosophy",
        "해리포터",
        "고양이",
        "philoxxphy",
        "뷁뷁뷁뷁",
        "xoop",
        "zen",
        "나른",
        "1985",
        "9780671027361",
        "",
        "!?",
    ],
)
@pytest.mark.usefixtures("shelf")
def test_nothing_is_offered_for_what_is_right_or_too_far_or_too_short(question: str) -> None:
    assert meant(question) is None


@pytest.mark.usefixtures("shelf")
def test_what_is_offered_finds_books_among_those_that_are_asked_for() -> None:
    assert meant("philosohpy", Filters(language="en")) == "philosophy"
    assert meant("philosohpy", Filters(language="ko")) is None


def test_the_most_borrowed_book_says_what_was_meant(db: None) -> None:
    register("Casket letters")
    register("Basket weaving", loans_before=40)

    assert meant("gasket") == "basket"


def test_without_an_index_nothing_is_offered() -> None:
    assert Fallback("philosohpy", Filters()).meant is None


def test_those_that_answer_with_a_slip_are_counted_as_they_are_fetched(db: None) -> None:
    for number in range(5):
        register(f"Lanterns {number}")
    first, by = search("lantenrs").by, search("lantenrs").by

    assert (len(first.hits(2)), first.total) == (2, 5)
    assert (by.total, len(by.hits(2)), len(by.hits(9))) == (5, 2, 5)


def test_a_filter_leads_to_as_many_books_as_are_counted_of_it(db: None) -> None:
    register("Lanterns of old", language="en", published_year=1994)
    for year in range(1990, 1996):
        register(f"Lantenrs {year}", language="ko", published_year=year)

    found = search("lantenrs of old").by
    assert (found.counts()["language"], found.total) == ({"en": 1}, 1)
    found = search("lanterns").by
    assert (found.counts()["decade"], found.counts()["language"], found.total) == ({"1990": 7}, {"en": 1, "ko": 6}, 7)
    assert search("lanterns", Filters(language="ko")).by.total == 6


def test_where_enough_answer_no_filter_brings_those_that_answer_with_a_slip(db: None) -> None:
    for number in range(20):
        register(f"Lantern {number}", language="en", published_year=1980 + number)
    register("Lanterm", language="en", published_year=2000)
    register("Lanterm", language="ko", published_year=1990)

    every, narrowed = search("lantern").by, search("lantern", Filters(language="en", years=(1990, 2010))).by
    assert (every.counts()["decade"], narrowed.counts()["decade"]) == ({"1980": 10, "1990": 10}, {"1990": 10})
    assert (narrowed.total, len(narrowed.hits(99))) == (10, 10)
    assert search("lantern", Filters(language="ko")).by.total == 1  # since else there is nothing


def test_a_whole_title_has_no_slip(db: None) -> None:
    whole = register("Lantern", language="en")
    register("Lanters for all", language="ko")

    assert [hit.book for hit in search("lantern").by.hits(9)] == [whole.pk]
    assert search("lantern").by.total == 1
    assert search("lantern", Filters(language="ko")).by.total == 1


@pytest.mark.parametrize(
    ("first", "second", "slip"),
    [
        ("word", "word", False),
        ("word", "words", True),
        ("word", "ord", True),
        ("word", "ward", True),
        ("word", "wrod", True),
        ("word", "wrods", False),
        ("word", "wod", True),
        ("word", "wordly", False),
        ("word", "drow", False),
        ("ab", "ba", True),
        ("abcd", "bacd", True),
        ("abcd", "badc", False),
    ],
)
def test_one_slip(first: str, second: str, slip: bool) -> None:
    assert is_one_slip(first, second) is slip
    assert is_one_slip(second, first) is slip
