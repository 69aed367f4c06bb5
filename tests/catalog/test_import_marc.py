"""What a MARC record says, as a book."""

import pytest

from catalog.models import Book
from catalog.search.asking import best_matches
from tests.catalog.imports import figures, imported
from tests.catalog.records import field, marc8_record, marc_file, record, xml_file

pytestmark = pytest.mark.django_db


def test_a_marc_record_becomes_a_book(tmp_path):
    made = record(
        "17",
        None,
        field("020", "a", "8937460777 (양장) :", "c", "₩9000"),
        field("090", "a", "813.6", "b", "박12ㄱ"),
        field("100", "a", "Pak, Wan-sŏ,", "d", "1931-2011."),
        field(
            "245",
            "a",
            "그 많던 고래는 :",
            "h",
            "[전자자료] /",
            "b",
            "장편소설.",
            "n",
            "2,",
            "p",
            "먼 바다 /",
            "c",
            "박완서.",
        ),
        field("260", "a", "서울 :", "b", "민음사,", "c", "1998."),
        field("520", "a", "고래가 사라진 마을."),
        field("650", "a", "Whales", "z", "Korea", "v", "Fiction."),
        field("700", "a", "이, 문수.", "e", "그림"),
        field("700", "a", "Melville, Herman.", "t", "Moby Dick."),
    )

    assert figures(imported(marc_file(tmp_path / "one.mrc", made))) == (1, 1, 0, 0, 0)

    book = Book.objects.get()
    assert book.title == "그 많던 고래는 : 장편소설. 2, 먼 바다"
    assert book.authors == ["Pak, Wan-sŏ", "이, 문수"]
    assert (book.isbn, book.publisher, book.published_year, book.language) == ("9788937460777", "민음사", 1998, "ko")
    assert (book.subjects, book.call_number) == (["Whales -- Korea -- Fiction"], "813.6 박12ㄱ")
    assert (book.description, book.source) == ("고래가 사라진 마을.", "GOR:17")
    assert best_matches("고래 pak") == [book.pk]


def test_hangul_of_linked_fields_is_shown(tmp_path):
    made = record(
        "18",
        None,
        field("100", "6", "880-01", "a", "Kim, So-wŏl."),
        field("245", "6", "880-02", "a", "Chindallaekkot /"),
        field("260", "6", "880-03", "a", "Sŏul :", "b", "Sup,", "c", "1998."),
        field("700", "6", "880-04", "a", "Akhmatova, Anna."),
        field("880", "6", "245-02/$1", "a", "진달래꽃 길 /", "c", "김소월."),
        field("880", "6", "260-03/$1", "a", "서울 :", "b", "숲,", "c", "1998."),
        field("880", "6", "100-01/$1", "a", "김소월."),
        field("880", "6", "700-04/(N", "a", "Ахматова, Анна."),
        field("880", "6", "650-00/$1", "a", "시집."),
    )

    imported(marc_file(tmp_path / "linked.mrc", made))

    book = Book.objects.get()
    assert (book.title, book.publisher) == ("진달래꽃 길", "숲")
    assert book.authors == ["김소월", "Akhmatova, Anna"]
    assert book.subjects == ["시집"]


def test_names_that_share_a_field_are_parted(tmp_path):
    imported(
        xml_file(tmp_path / "names.xml", record("19", "달밤", field("100", "a", "고은달;원작자  고은달;낭독자  조별;")))
    )

    assert Book.objects.get().authors == ["고은달", "조별"]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("A voice from the oppressed spirits.", "A voice from the oppressed spirits"),
        ("Cámpora, Perón, Isabel /", "Cámpora, Perón, Isabel"),
        ("Who killed J. R.", "Who killed J. R."),
        ("Waiting...", "Waiting..."),
        ("Ships, trains, etc.", "Ships, trains, etc."),
        ("Is it so?", "Is it so?"),
        ("Tides ; Moons =", "Tides ; Moons"),
    ],
)
def test_punctuation_between_the_parts_of_a_record_is_taken_off(tmp_path, title, shown):
    imported(marc_file(tmp_path / "title.mrc", record("20", title)))

    assert Book.objects.get().title == shown


@pytest.mark.parametrize(
    ("fixed", "printed", "year"),
    [
        ("s1998", "c2003", 1998),
        ("r2001", "2001 [1950]", 2001),
        ("q1840", "[1848?]", 1848),
        ("n    ", "1395 [i.e. 1975 or 76]", 1975),
        ("suuuu", "[19--]", None),
        ("s19uu", "단기 4288", None),
        ("m1982", "1982-", 1982),
    ],
)
def test_the_year_is_the_one_of_publication(tmp_path, fixed, printed, year):
    made = record("21", "연도", field("260", "c", printed))
    made["008"].data = f"980101{fixed}    ulk           000 0 kor d"

    imported(marc_file(tmp_path / "year.mrc", made))

    assert Book.objects.get().published_year == year


def test_marc8_keeps_its_diacritics(tmp_path):
    titles = b"\xebT\xecSvet\xe2aeva \xb0Al\xe5i", b"\xa2resund og \xb1\xe2od\xe2z"

    report = imported(marc_file(tmp_path / "marc8.mrc", *(marc8_record(f245=title) for title in titles)))

    assert figures(report) == (2, 2, 0, 0, 0)
    assert [book.title for book in Book.objects.order_by("pk")] == ["T͡Svetáeva ʻAlī", "Øresund og łódź"]


def test_utf8_is_seen_where_the_leader_denies_it(tmp_path):
    raw = record("22", "눈 내린 마을, été").as_marc()
    unmarked = raw[:9] + b" " + raw[10:]

    imported(marc_file(tmp_path / "unmarked.mrc", unmarked))

    assert Book.objects.get().title == "눈 내린 마을, été"


def test_an_encoding_can_be_named(tmp_path):
    imported(marc_file(tmp_path / "cp949.mrc", marc8_record(f245="옛 서고".encode("cp949"))), encoding="cp949")

    assert Book.objects.get().title == "옛 서고"
