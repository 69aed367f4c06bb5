"""A number alone never makes two records one book, and a source that repeats itself undoes no correction."""

from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.importing.kind import BOOKS
from catalog.models import Book, Copy, SourceRecord
from catalog.services import add_copies, register_book, revise_book, withdraw_book
from kernel.importing.models import Doubt
from kernel.importing.services import decide_doubt
from tests.catalog.importing.runs import a_record, imported, shelf

pytestmark = pytest.mark.django_db(databases="__all__")

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
ISBN = "9788937483400"


def test_one_isbn_on_another_work_is_a_doubt_and_changes_nothing() -> None:
    imported(a_record("푸른 다리의 밤", "H1", isbn=ISBN, authors=["이강"]))

    ran = imported(a_record("A Completely Different Work", isbn=ISBN, authors=["Other Person"]), digest="e" * 64)

    assert ran.figures == (0, 0, 0, 0, 1)
    assert shelf() == {"푸른 다리의 밤": []}
    doubt = Doubt.objects.get()
    assert (doubt.subject, doubt.record["fields"]["title"]) == (Book.objects.get().pk, "A Completely Different Work")
    assert doubt.run.entries.get(outcome="doubt").detail == Book.objects.get().title


def test_the_same_doubt_is_opened_once() -> None:
    imported(a_record("푸른 다리의 밤", "H1", isbn=ISBN, authors=["이강"]))

    for _time in range(2):
        imported(a_record("A Completely Different Work", isbn=ISBN, authors=["Other Person"]), digest="e" * 64)

    assert Doubt.objects.count() == 1


@pytest.mark.parametrize(
    ("title", "authors"),
    [
        ("푸른 다리의 밤!", []),
        ("푸른다리의 밤", []),
        ("Blue Bridge at Night", ["이강"]),
        ("푸른 다리의 밤 : 마을 이야기", ["Somebody Else"]),
    ],
)
def test_title_or_author_agree_and_it_is_the_same_book(title: str, authors: list[str]) -> None:
    imported(a_record("푸른 다리의 밤", "H1", isbn=ISBN, authors=["이강"]))

    ran = imported(a_record(title, isbn=ISBN, authors=authors, publisher="가람"), digest="e" * 64)

    assert ran.figures == (0, 1, 0, 0, 0)
    book = Book.objects.get()
    assert (book.title, book.authors, book.publisher) == ("푸른 다리의 밤", ["이강"], "가람")


@pytest.mark.parametrize("title", ["푸른 다리의 밤 2", "푸른 다리의 밤. 제2권", "푸른 다리의 밤 (하)", "Blue Bridge"])
def test_another_part_by_others_is_in_doubt(title: str) -> None:
    imported(a_record("푸른 다리의 밤", "H1", isbn=ISBN, authors=["이강"]))

    ran = imported(a_record(title, isbn=ISBN, authors=["Other Person"]), digest="e" * 64)

    assert ran.figures == (0, 0, 0, 0, 1)


def test_another_volume_is_another_book() -> None:
    ran = imported(a_record("긴 강", "I1", isbn=ISBN, volume="1"), a_record("긴 강", "I2", isbn=ISBN, volume="2권"))

    assert ran.figures == (2, 0, 0, 0, 0)
    assert [book.isbn for book in Book.objects.order_by("pk")] == [ISBN, None]
    assert Book.objects.last().other_isbns == [ISBN]


def test_one_source_has_two_titles_under_the_isbn_of_their_set() -> None:
    ran = imported(
        a_record("반지 원정대", "I1", isbn=ISBN, authors=["J. R. R. Tolkien"]),
        a_record("두 개의 탑", "I2", isbn=ISBN, authors=["J. R. R. Tolkien"]),
    )

    assert ran.figures == (2, 0, 0, 0, 0)
    assert ("isbn_taken", ISBN) in ran.told


def test_a_control_number_with_another_title_and_author_is_a_doubt() -> None:
    imported(a_record("푸른 다리의 밤", "H1", authors=["이강"]))

    ran = imported(a_record("회계 원리", "H1", authors=["박셈"]))

    assert ran.figures == (0, 0, 0, 0, 1)
    assert shelf() == {"푸른 다리의 밤": []}


def test_two_files_of_one_name_with_numbers_from_one_on_are_two_sources() -> None:
    imported(a_record("첫째 달의 책", "1", system=""), file_name="new.csv", digest="a" * 64)

    ran = imported(a_record("둘째 달의 책", "1", system=""), file_name="new.csv", digest="b" * 64)

    assert ran.figures == (1, 0, 0, 0, 0)
    assert sorted(shelf()) == ["둘째 달의 책", "첫째 달의 책"]


def test_one_source_by_name_is_one_source() -> None:
    imported(a_record("첫째 판", "1", system=""), digest="a" * 64, source="본관")

    ran = imported(a_record("첫째 판, 고침", "1", system=""), digest="b" * 64, source="본관")

    assert ran.figures == (0, 1, 0, 0, 0)
    assert list(shelf()) == ["첫째 판, 고침"]


def test_a_second_run_changes_nothing() -> None:
    records = [("나무의 노래", "1", "A-1"), ("나무의 노래", "1", "A-2"), ("바람의 길", "2", "B-1")]
    first = imported(*(a_record(*record, isbn=None) for record in records))
    before = list(Book.objects.values_list("pk", "revision"))

    again = imported(*(a_record(*record, isbn=None) for record in records))

    assert (first.figures, again.figures) == ((2, 1, 0, 0, 0), (0, 0, 3, 0, 0))
    assert shelf() == {"나무의 노래": ["A-1", "A-2"], "바람의 길": ["B-1"]}
    assert list(Book.objects.values_list("pk", "revision")) == before


def test_a_correction_stays_when_the_source_repeats_itself() -> None:
    imported(a_record("푸른 다리으 밤", "H1", publisher="가람"))
    revise_book(Book.objects.get().pk, now=NOW, title="푸른 다리의 밤")

    again = imported(a_record("푸른 다리으 밤", "H1", publisher="가람"))

    assert again.figures == (0, 0, 1, 0, 0)
    assert Book.objects.get().title == "푸른 다리의 밤"


def test_the_source_is_followed_where_nobody_corrected_it() -> None:
    imported(a_record("푸른 다리의 밤", "H1", publisher="가람", published_year=1998))
    revise_book(Book.objects.get().pk, now=NOW, publisher="가람문화사")

    ran = imported(a_record("푸른 다리의 밤", "H1", publisher="나래", published_year=1999))

    book = Book.objects.get()
    assert (book.publisher, book.published_year) == ("가람문화사", 1999)
    assert ("kept", "publisher: 나래") in ran.told


def test_overwriting_follows_the_source_on_purpose() -> None:
    imported(a_record("푸른 다리으 밤", "H1"))
    revise_book(Book.objects.get().pk, now=NOW, title="푸른 다리의 밤")

    imported(a_record("푸른 다리으 밤", "H1"), overwrite=True)

    assert Book.objects.get().title == "푸른 다리으 밤"


def test_a_withdrawn_book_does_not_come_back_by_its_file() -> None:
    imported(a_record("나무의 노래", "1", "A-1"))
    withdraw_book(Book.objects.get().pk, now=NOW)

    assert imported(a_record("나무의 노래", "1", "A-1")).figures == (0, 0, 0, 1, 0)
    assert shelf() == {}


def test_a_book_by_hand_is_known_by_title_author_and_year() -> None:
    register_book(now=NOW, title="무진기행", authors=["김승옥"], published_year=1964)

    ran = imported(a_record("무진기행", "9", authors=["김승옥"], published_year=1964, publisher="민음사"))

    assert ran.figures == (0, 1, 0, 0, 0)


LONG = "국민 생활의 안정과 지역의 균형 발전을 위한 중장기 종합 계획을 세우는 데 쓰일 " + "조사 연구 " * 20 + "보고서"


@pytest.mark.parametrize("titles", [("C++ 입문", "C# 입문"), ("★★★", "!!!"), (f"{LONG} 서울", f"{LONG} 부산")])
def test_titles_that_differ_in_what_a_key_leaves_out_are_two_books(titles: tuple[str, str]) -> None:
    about: dict[str, Any] = {"authors": ["윤가나"], "publisher": "가람", "published_year": 2010}
    one, other = (a_record(title, "", f"EM{number}", **about) for number, title in enumerate(titles))

    assert imported(one, other).figures == (2, 0, 0, 0, 0)
    assert shelf() == {titles[0]: ["EM0"], titles[1]: ["EM1"]}


def test_one_isbn_for_two_titles_of_a_long_beginning_is_two_books() -> None:
    records = [a_record(f"{LONG} {place}", "", isbn=ISBN) for place in ("서울", "부산")]

    assert imported(*records).figures == (2, 0, 0, 0, 0)


def test_a_barcode_names_the_book_where_the_title_agrees_and_else_is_a_doubt() -> None:
    book = register_book(now=NOW, title="무진기행")
    add_copies(book.pk, now=NOW, barcodes=["EM0000000001"])

    same = imported(a_record("무진기행 : 김승옥 소설집", "1", "em0000000001"))
    other = imported(a_record("회계 원리", "2", "EM0000000001"))

    assert (same.figures, other.figures) == ((0, 0, 1, 0, 0), (0, 0, 0, 0, 1))


def test_a_copy_of_another_book_is_left_out_and_named() -> None:
    imported(a_record("나무의 노래", "1", "A-1"), a_record("바람의 길", "2", "B-1"))

    ran = imported(a_record("바람의 길", "2", "B-1", "a-1"))

    assert (ran.figures, ran.told) == ((0, 0, 1, 0, 0), [("barcode_taken", "a-1")])
    assert shelf() == {"나무의 노래": ["A-1"], "바람의 길": ["B-1"]}


def deciding(decision: str) -> str:
    """What is said of the one doubt's decision."""
    doubt = Doubt.objects.get()
    return decide_doubt(doubt.pk, kind=BOOKS, decision=decision, by=None, now=NOW)


@pytest.fixture
def in_doubt() -> None:
    imported(a_record("푸른 다리의 밤", "H1", isbn=ISBN, authors=["이강"]))
    imported(
        a_record("Another Work", "X-9", "C-1", system="UVA", isbn=ISBN, authors=["Other Person"], publisher="Acme")
    )


@pytest.mark.usefixtures("in_doubt")
def test_the_same_fills_in_what_the_book_lacks_and_brings_copies() -> None:
    deciding(Doubt.Decision.SAME)

    book = Book.objects.get()
    assert (book.title, book.publisher, shelf()) == ("푸른 다리의 밤", "Acme", {"푸른 다리의 밤": ["C-1"]})
    assert SourceRecord.objects.get(key="UVA:X-9").book_id == book.pk


@pytest.mark.usefixtures("in_doubt")
def test_another_edition_keeps_the_isbn_beside() -> None:
    deciding(Doubt.Decision.OTHER)

    other = Book.objects.get(title="Another Work")
    assert (other.isbn, other.other_isbns, shelf()["Another Work"]) == (None, [ISBN], ["C-1"])


@pytest.mark.usefixtures("in_doubt")
def test_what_is_set_aside_stays_aside() -> None:
    deciding(Doubt.Decision.ASIDE)
    Doubt.objects.all().delete()

    again = imported(
        a_record("Another Work", "X-9", "C-1", system="UVA", isbn=ISBN, authors=["Other Person"], publisher="Acme")
    )

    assert again.figures == (0, 0, 0, 1, 0)
    assert Copy.objects.count() == 0


def test_setting_aside_leaves_the_book_that_has_the_number_its_source() -> None:
    records = ("푸른 다리으 밤", "H1", "A-1"), ("회계 원리", "H1", "B-1")
    imported(a_record(*records[0], authors=["이강"]))
    revise_book(Book.objects.get().pk, now=NOW, title="푸른 다리의 밤")
    imported(a_record(*records[1], authors=["박셈"]))
    deciding(Doubt.Decision.ASIDE)
    Doubt.objects.all().delete()

    again = imported(a_record(*records[0], authors=["이강"]), a_record(*records[1], authors=["박셈"]))

    assert again.figures == (0, 0, 1, 1, 0)
    assert shelf() == {"푸른 다리의 밤": ["A-1"]}


@pytest.mark.parametrize("decision", [Doubt.Decision.SAME, Doubt.Decision.OTHER])
@pytest.mark.usefixtures("in_doubt")
def test_what_was_decided_is_not_asked_again(decision: str) -> None:
    deciding(decision)
    Doubt.objects.all().delete()

    again = imported(
        a_record("Another Work", "X-9", "C-1", system="UVA", isbn=ISBN, authors=["Other Person"], publisher="Acme")
    )

    assert again.figures == (0, 0, 1, 0, 0)
