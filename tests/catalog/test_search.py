"""What a search finds, and in which order."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.models import Book
from catalog.search.asking import best_matches, search
from catalog.search.finding import Filters
from catalog.search.text.folding import plain
from catalog.services import add_copies, revise_book, withdraw_book
from tests.catalog.books import NOW, register

HOSTILE = [
    '"',
    "*",
    "NEAR(a b, 2)",
    "a AND",
    "title : x",
    "^가",
    "-",
    "'",
    "\\",
    "a:*",
    "가 <-> 나",
    "(((",
    "\0",
    "🎉",
    "%s %(q)s",
    "٣",
]


def titles(found: list[int]) -> list[str]:
    names = Book.objects.in_bulk(found)
    return [names[book].title for book in found]


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("미꽃", "장미꽃 향기"),
        ("미로", "꽃의 미로"),
        ("도서관", "국립중앙도서관 백년사"),
        ("중앙도서", "국립중앙도서관 백년사"),
        ("년사 국립", "국립중앙도서관 백년사"),
        ("사", "국립중앙도서관 백년사"),
        ("gatsby", "The Great Gatsby"),
        ("GATS fitz", "The Great Gatsby"),
        ("scott gatsby great", "The Great Gatsby"),
        ("fitzger", "The Great Gatsby"),
        ("GrandPre", "Harry Potter and the Philosopher’s Stone"),
        ("grandpré", "Harry Potter and the Philosopher’s Stone"),
        ("J. K. potter", "Harry Potter and the Philosopher’s Stone"),
        ("strasse lodz", "Straße nach Łódź"),
        ("oe kenzaburo", "Straße nach Łódź"),
        ("ﾃﾞｰﾀ", "データベース入門"),
        ("太郎", "データベース入門"),
        ("dystopia", "1984"),
        ("1984", "1984"),
        ("978-0-7432-7356-5", "The Great Gatsby"),
        ("0-7432-7356-7", "The Great Gatsby"),
        ("97807432", "The Great Gatsby"),
    ],
)
def test_a_book_is_found_by(shelf, question, title):
    assert titles(best_matches(question)) == [title]


@pytest.mark.parametrize(
    "question", ["꽃미", "자", "꼬", "미향", "백국", "tsby", "gatsby rowling", "978-0-7432-7356-6", "테이블"]
)
def test_a_book_is_not_found_by(shelf, question):
    assert best_matches(question) == []


def test_syllables_have_to_stand_side_by_side(db):
    register("마바사바마")

    assert best_matches("바마바") == []
    assert best_matches("사바마") != []


def test_decomposed_hangul_finds_composed(shelf):
    assert titles(best_matches("\u1103\u1169\u1109\u1165\u1100\u116a\u11ab")) == ["국립중앙도서관 백년사"]


def test_best_matches_come_first(db):
    for title, author, subjects in [
        ("도시의 밤", "바다 건너", []),
        ("겨울의 숲", "이슬", ["바다"]),
        ("저 바다에 누워", "오세암", []),
        ("바다에 가다", "정하나", []),
        ("바다", "최고은", []),
    ]:
        register(title, author, subjects=subjects)

    assert titles(best_matches("바다")) == ["바다", "바다에 가다", "저 바다에 누워", "도시의 밤", "겨울의 숲"]


def test_best_matches_come_first_among_an_authors_books(db):
    for title in ("밤의 바다", "바다로 간 목마", "바다"):
        register(title, "정하나")

    assert titles(best_matches("바다", author="정하나")) == ["바다", "바다로 간 목마", "밤의 바다"]


def test_author_and_language_narrow_a_search(shelf):
    register("Gatsby in Seoul", "한강진", language="ko")

    assert titles(best_matches("gatsby")) == ["Gatsby in Seoul", "The Great Gatsby"]
    assert titles(best_matches("gatsby", author="scott")) == ["The Great Gatsby"]
    assert titles(best_matches("gatsby", author="한강")) == ["Gatsby in Seoul"]
    assert titles(best_matches("gatsby", language="ko")) == ["Gatsby in Seoul"]
    assert titles(best_matches(author="한강진")) == ["꽃의 미로", "Gatsby in Seoul"]
    assert titles(best_matches("the", language="en")) == [
        "The Great Gatsby",
        "Harry Potter and the Philosopher’s Stone",
    ]
    assert titles(best_matches("the", language="en-GB")) == ["Harry Potter and the Philosopher’s Stone"]
    assert best_matches("gatsby", author="!?") == []


def test_a_revised_book_is_found_by_its_new_words_only(db):
    book = register("봄날의 곰", "하루키")

    revise_book(book.pk, now=NOW, title="겨울날의 곰")

    assert best_matches("봄날") == []
    assert best_matches("겨울날") == [book.pk]


def test_a_withdrawn_book_leaves_the_index(db):
    book = register("사라진 책", "아무개")

    withdraw_book(book.pk, now=NOW)

    assert best_matches("사라진") == []


def test_a_registration_that_is_undone_leaves_nothing_in_the_index(db):
    with transaction.atomic():
        register("없던 일", "아무개")
        transaction.set_rollback(True)

    assert best_matches("없던") == []


@pytest.mark.django_db(transaction=True)
def test_the_index_follows_rows_that_are_deleted_behind_its_back():
    register("지워진 책", "아무개")

    Book.objects.all().delete()

    assert best_matches("지워진") == []


@pytest.mark.parametrize("question", [*HOSTILE, " ".join(HOSTILE), "가나다" * 5_000, "a " * 5_000])
def test_no_question_breaks_the_syntax(shelf, question):
    best_matches(question)
    best_matches("책", author=question)


class AnyQuestion(TestCase):
    """Whatever is typed."""

    @classmethod
    def setUpTestData(cls):
        cls.book = register("모래알의 여름, or: Sandkörner im Sommer", "Ñandú Ibáñez")
        best_matches("여름")  # numbers the events: undone with each example, that would have the index built each time

    @given(st.text())
    def test_is_answered(self, question):
        best_matches(question)

    @given(st.data())
    def test_that_is_part_of_a_korean_word_finds_it(self, data):
        word = data.draw(st.sampled_from(["모래알의", "여름"]))
        first = data.draw(st.integers(0, len(word) - 1))
        last = data.draw(st.integers(first + 1, len(word)))
        assert best_matches(word[first:last]) == [self.book.pk]

    @given(st.data())
    def test_that_begins_other_words_finds_them_in_any_order(self, data):
        words = data.draw(st.permutations(["sandkörner", "sommer", "Ñandú", "ibáñez"]))
        starts = [word[: data.draw(st.integers(3, len(word)))] for word in words]
        assert best_matches(" ".join(starts)) == [self.book.pk]


@given(st.text())
def test_plain_text_is_plain_already(text):
    assert plain(plain(text)) == plain(text)


def test_the_counts_tell_how_the_hits_divide(shelf):
    register("Gatsby in Seoul", "한강진", language="ko", subjects=["Novel"], call_number="813.7", published_year=1987)
    register("The Gatsby years", "Ann", language="en-GB", subjects=["Novel", "History"], published_year=1981)
    add_copies(
        register("Gatsby 3", language="en", call_number="청 923.1-ㄱ1", published_year=2001).pk, now=NOW, count=1
    )

    counts = search("gatsby").by.counts()

    assert counts["language"] == {"en": 3, "ko": 1, "en-GB": 1}
    assert counts["subject"] == {"Novel": 2, "History": 1}
    assert counts["class"] == {"8": 1, "9": 1}
    assert counts["decade"] == {"1980": 2, "2000": 1}
    assert counts["copies"] == {"no": 3, "yes": 1}
    narrowed = [
        Filters(subject="Novel"), Filters(main_class="9"), Filters(years=(1980, 1989)), Filters(with_copies=True)
    ]  # fmt: skip
    assert [search("gatsby", filters).by.total for filters in narrowed] == [2, 1, 2, 1]
    assert sum(search(filters=Filters(main_class="9")).by.counts()["language"].values()) == 1
