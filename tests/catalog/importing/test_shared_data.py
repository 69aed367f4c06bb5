"""Whole files as libraries and bug reports have them: what must come of each, and of each again.

The files are not part of the project; where they are not there, these tests are skipped.
"""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Book, Copy
from catalog.services import revise_book
from kernel.importing.models import Doubt
from tests.catalog.imports import figures, imported, reasons

pytestmark = pytest.mark.django_db

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Imports a file of the shared data, and says what the report says."""

    def take(name: str, **options: Any) -> dict[str, Any]:
        path = DATA / name
        if not path.exists():
            pytest.skip(f"the real data is not here: there is no ../shared/data/{name}")
        here = tmp_path / path.name
        here.write_bytes(path.read_bytes())
        return imported(here, **options)

    return take


FILES = [
    ("korean/nlk_utf8_blank09.mrc", 2, 4),
    ("korean/kolas_euckr_blank09.mrc", 2, 4),
    ("korean/university_utf8.mrc", 1, 3),
    ("korean/data4library_cp949.csv", 2, 3),
    ("korean/holdings_cp949.csv", 1, 2),
    ("kormarc_prototype_100.marcxml", 100, 0),
    ("reports/chars.mrc", 2, 0),
    ("reports/badlen.mrc", 2, 0),
    ("reports/880-han-kana-cyrillic.xml", 5, 0),
    ("reports/kormarc-245.xml", 1, 0),
    ("reports/020-forms.xml", 11, 0),
    ("reports/goodreads.csv", 3, 0),
    ("reports/trailing-semicolon.csv", 2, 0),
    ("reports/excel-sep.csv", 1, 0),
    ("reports/second-copy.csv", 1, 2),
    ("reports/names.csv", 9, 0),
    ("reports/deleted.xml", 0, 0),
    ("reports/odd-leaders.xml", 6, 0),
    ("uva_001_2000.mrc", None, None),
]


@pytest.mark.parametrize(("name", "books", "copies"), FILES)
def test_each_file_comes_in_whole_and_again_changes_nothing(run: Any, name: str, books: int, copies: int) -> None:
    first = run(name)
    state = list(Book.objects.values_list("pk", "revision")), list(Copy.objects.values_list("pk", "revision"))
    if books is None:
        assert (first["read"], first["skipped"], first["doubts"]) == (2_000, 0, 0)
    else:
        assert (Book.objects.count(), Copy.objects.count()) == (books, copies)

    again = run(name)

    assert (again["added"], again["updated"]) == (0, 0)
    assert state == (list(Book.objects.values_list("pk", "revision")), list(Copy.objects.values_list("pk", "revision")))


def test_the_national_librarys_download(run: Any) -> None:
    run("korean/nlk_utf8_blank09.mrc")

    book = Book.objects.get(title="느티나무 아래 : 마을 이야기")
    assert (book.authors, book.call_number) == (["한느티"], "813.7 느64ㅂ")
    assert {"느티나무", "마을", "장편소설"} < set(book.subjects)
    copies = book.copies.order_by("barcode").values_list("barcode", "shelving_mark", "price")
    assert list(copies) == [("EM0000101", "아동", 16_800), ("EM0000102", "아동", 16_800)]


def test_a_kolas_file_says_how_it_was_read(run: Any) -> None:
    report = run("korean/kolas_euckr_blank09.mrc")

    assert set(Book.objects.values_list("title", flat=True)) == {"꽃샘추위 : 마을 이야기", "햇살 한 줌 : 마을 이야기"}
    barcodes = set(Copy.objects.values_list("barcode", flat=True))
    assert barcodes == {"EM0000301", "EM0000302", "EM0000401", "EM0000402"}
    assert {entry["detail"] for entry in report["records"] if entry["reason"] == "encoding"} == {"cp949"}


def test_a_universitys_copies_and_keywords(run: Any) -> None:
    run("korean/university_utf8.mrc")

    book = Book.objects.get()
    assert (book.authors, sorted(book.subjects)) == (["나느티", "다옮김"], ["고려시대", "마을", "신분제"])
    copies = book.copies.order_by("barcode").values_list("barcode", "price")
    assert list(copies) == [(f"M090000{number}", 15_000) for number in (1, 2, 3)]


def test_a_list_of_loans_and_copies(run: Any) -> None:
    run("korean/data4library_cp949.csv")

    fourth, twentieth = Book.objects.order_by("pk")
    assert [fourth.volume, twentieth.volume, fourth.class_number, twentieth.class_number] == [
        "4",
        "20",
        "813.8",
        "410.4",
    ]
    assert [book.copies.count() for book in (fourth, twentieth)] == [2, 1]
    assert not any(name.endswith(("글", "그림", "지음")) for book in (fourth, twentieth) for name in book.authors)
    assert fourth.loans_before > 0


def test_the_second_source_with_the_isbn_is_a_doubt(run: Any) -> None:
    run("reports/first-source.xml")

    report = run("reports/second-source-same-isbn.csv")

    assert (figures(report), report["doubts"]) == ((1, 0, 0, 0, 0), 1)
    assert Book.objects.get().title == "푸른 다리으 밤"
    assert Doubt.objects.get().record["fields"]["title"] == "A Completely Different Work"


def test_what_is_in_doubt_is_taken_in_by_an_option(run: Any) -> None:
    run("reports/first-source.xml")

    run("reports/second-source-same-isbn.csv", take_doubts=True)

    newcomer = Book.objects.get(title="A Completely Different Work")
    assert (newcomer.isbn, newcomer.other_isbns) == (None, ["9788937483400"])


def test_a_correction_survives_its_source_and_falls_to_overwriting(run: Any) -> None:
    run("reports/first-source.xml")
    revise_book(Book.objects.get().pk, now=timezone.now(), title="푸른 다리의 밤")

    assert figures(run("reports/first-source.xml")) == (1, 0, 0, 1, 0)
    assert Book.objects.get().title == "푸른 다리의 밤"

    assert figures(run("reports/first-source.xml", overwrite=True)) == (1, 0, 1, 0, 0)
    assert Book.objects.get().title == "푸른 다리으 밤"


@pytest.mark.parametrize("name", ["reports/chars.mrc", "reports/badlen.mrc"])
def test_wrong_lengths_are_noted(run: Any, name: str) -> None:
    assert "lengths_wrong" in {reason for _number, reason in reasons(run(name))}


def test_every_script_is_shown_as_it_is_and_kept_as_it_is_romanised(run: Any) -> None:
    run("reports/880-han-kana-cyrillic.xml")

    books = {book.title: book.other_titles for book in Book.objects.all()}
    assert books == {
        "전통과 실천": [],
        "漢文學史": ["Hanmunhaksa"],
        "東京の町": ["Tōkyō no machi"],
        "三國史記": [],
        "Война и угол": ["Voĭna i ugol"],
    }


def test_responsibility_is_who_made_the_book(run: Any) -> None:
    run("reports/kormarc-245.xml")
    assert Book.objects.get().authors == ["이다온", "정새봄"]


def test_every_form_of_an_isbn(run: Any) -> None:
    run("reports/020-forms.xml")

    isbns = dict(Book.objects.values_list("title", "isbn"))
    assert (isbns.pop("긴 강. 1"), isbns.pop("긴 강. 2")) == ("9788937483264", "9788937483271")
    assert isbns.pop("취소된 번호의 책") is None
    assert "9788937483325" in Book.objects.get(title="취소된 번호의 책").access_points
    assert len(set(isbns.values())) == 8
    assert all(isbns.values())


def test_goodreads(run: Any) -> None:
    run("reports/goodreads.csv")

    books = {book.title.partition(" (")[0]: book for book in Book.objects.all()}
    assert (books["Quiet Harbor"].isbn, books["Quiet Harbor"].published_year) == ("9780439023481", 2008)
    assert (books["Loud Harbor"].isbn, books["Salt"].isbn) == (None, "9780439655484")
    assert books["Quiet Harbor"].authors == ["Mina Vale", "Otto Rand", "Liv Sand"]


def test_names_of_persons(run: Any) -> None:
    run("reports/names.csv")

    assert dict(Book.objects.values_list("title", "authors")) == {
        "N-A": ["García Márquez, Gabriel José"],
        "N-C": ["Acme Software Group, Seoul Branch"],
        "N-D": ["Mina Vale", "Otto Rand"],
        **{title: ["홍길동", "성춘향"] for title in ("N-F", "N-G", "N-H", "O-A", "O-C")},
        "N-I": ["홍길동"],
    }


def test_a_second_copy_is_no_second_book(run: Any) -> None:
    run("reports/second-copy.csv")
    assert set(Book.objects.get().copies.values_list("barcode", flat=True)) == {"A-1", "A-2"}


def test_a_deleted_record_is_not_added_and_a_known_one_is_reported(run: Any, tmp_path: Path) -> None:
    assert reasons(run("reports/deleted.xml", source="본관")) == [(1, "deleted")]
    path = tmp_path / "deleted.xml"
    path.write_text(path.read_text("utf-8").replace("00000dam", "00000nam"), "utf-8")
    imported(path, source="본관")

    assert reasons(run("reports/deleted.xml", source="본관")) == [(1, "to_withdraw")]
    assert Book.objects.get().withdrawn_at is None


def test_odd_leaders_are_noted(run: Any) -> None:
    assert {number for number, _reason in reasons(run("reports/odd-leaders.xml"))} == {1, 2, 3, 4, 5}
