"""MARC 21 as libraries write it."""

import unicodedata
from datetime import date

import pytest

from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingCopy
from tests.catalog.importing.marc_files import book, books, data, real, xml_books

TITLE = ("245", data("$aTides"))


def test_a_record_becomes_a_book():
    read = book(
        ("001", "17"),
        ("003", "GOR"),
        ("008", "980101s1998    ulk           000 0 kor d"),
        ("020", data("$a8937460777 (양장) :$c₩9000")),
        ("082", data("$a895.7/34'092$b박12ㄱ", "04")),
        ("100", data("$aPak, Wan-sŏ,$d1931-2011.", "1 ")),
        ("245", data("$a그 많던 고래는 :$h[전자자료] /$b장편소설.$n2,$p먼 바다 /$c박완서.", "10")),
        ("260", data("$a서울 :$b민음사,$c1998.")),
        ("520", data("$a고래가  사라진 마을.")),
        ("650", data("$aWhales$zKorea$vFiction.", " 0")),
        ("700", data("$a이, 문수.$e그림", "1 ")),
        ("700", data("$aMelville, Herman.$tMoby Dick.", "12")),
    )

    assert (read.system, read.control_number, read.notes, read.copies) == ("GOR", "17", [], [])
    assert read.fields == {
        "title": "그 많던 고래는 : 장편소설. 2, 먼 바다",
        "authors": ["Pak, Wan-sŏ", "이, 문수"],
        "publisher": "민음사",
        "published_year": 1998,
        "isbn": "9788937460777",
        "isbn_addon": "",
        "language": "ko",
        "subjects": ["Whales -- Korea -- Fiction"],
        "call_number": "895.7/34'092 박12ㄱ",
        "class_number": "895.734092",
        "class_scheme": "ddc",
        "volume": "2",
        "series": "",
        "other_titles": [],
        "other_isbns": [],
        "access_points": ["박완서", "Melville, Herman. Moby Dick"],
        "description": "고래가 사라진 마을.",
    }


def test_linked_fields_are_shown_in_their_own_script():
    fields = book(
        ("100", data("$6880-01$aKim, So-wŏl.")),
        ("245", data("$6880-02$aChindallaekkot /")),
        ("260", data("$6880-03$aSŏul :$bSup,$c1998.")),
        ("700", data("$6880-04$aAkhmatova, Anna.")),
        ("880", data("$6245-02/$$1$a진달래꽃 길 /$c김소월.")),
        ("880", data("$6260-03/$$1$a서울 :$b숲,$c1998.")),
        ("880", data("$6100-01/$$1$a김소월.")),
        ("880", data("$6700-04/(N$aАхматова, Анна.")),
        ("880", data("$6650-00/$$1$a시집.")),
    ).fields

    assert (fields["title"], fields["other_titles"]) == ("진달래꽃 길", ["Chindallaekkot"])
    assert (fields["publisher"], fields["subjects"]) == ("숲", ["시집"])
    assert fields["authors"] == ["김소월", "Ахматова, Анна"]
    assert fields["access_points"] == ["김소월", "Kim, So-wŏl", "Akhmatova, Anna", "Sup"]


def test_what_is_in_its_own_script_already_stays():
    fields = book(("245", data("$6880-01$a삼국사기")), ("880", data("$6245-01$aSamguk sagi"))).fields

    assert (fields["title"], fields["other_titles"]) == ("삼국사기", ["Samguk sagi"])


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
        ("!", "!"),
        ("de\u0301ja\u0300  vu\r\n", "déjà vu"),
    ],
)
def test_punctuation_between_the_parts_of_a_record_is_taken_off(title, shown):
    assert book(("245", data(f"$a{title}"))).title == shown


@pytest.mark.parametrize(
    ("fixed", "printed", "year"),
    [
        ("s1998", "c2003", 1998),
        ("r2001", "2001 [1950]", 2001),
        ("q1840", "[1848?]", 1848),
        ("n    ", "1395 [i.e. 1975 or 76]", 1975),
        ("suuuu", "[19--]", None),
        ("s19uu", "단기 4288", 1955),
        ("n    ", "檀紀 4288", 1955),
        ("m1982", "1982-", 1982),
        ("", "", None),
    ],
)
def test_the_year_is_the_one_of_publication(fixed, printed, year):
    read = book(("008", f"980101{fixed}    ulk"), TITLE, ("260", data(f"$c{printed}")))

    assert read.fields["published_year"] == year
    assert read.notes == ([(Reason.YEAR_UNKNOWN, printed)] if printed and year is None else [])


def test_264_tells_of_the_publication_by_its_indicator():
    others = ("264", data("$bPrinter,$c1999", " 3")), ("264", data("$bHouse,$c2001", " 1"))

    fields = book(TITLE, *others).fields

    assert (fields["publisher"], fields["published_year"]) == ("House", 2001)


def test_852_and_876_become_copies():
    read = book(
        TITLE,
        ("852", data("$81$bMAIN$cSTACKS$kR$h813.7$iH12$p39001$t1")),
        ("852", data("$82$bANNEX$h813.7$iH12")),
        ("876", data("$82.1$p39002$t2$3v.3$c₩9000")),
        ("876", data("$82.2$p39003$jLost")),
        ("876", data("$81.1$p39001$3v.1")),
    )

    assert read.copies == [
        IncomingCopy(barcode="39001", room="STACKS", shelving_mark="R", copy_number="1", volume="1"),
        IncomingCopy(barcode="39002", room="ANNEX", copy_number="2", volume="3", price=9000),
    ]
    assert read.fields["call_number"] == "813.7 H12"
    assert read.notes == [(Reason.COPY_GONE, "39003")]


def test_852_without_a_barcode_is_a_place_and_no_copy():
    read = book(TITLE, ("852", data("$bALDERMAN$cSTACKS")))

    assert (read.copies, read.notes) == ([], [])


def test_kohas_items_become_copies():
    read = book(
        TITLE,
        ("952", data("$00$10$70$aMAIN$bMAIN$cGEN$d2019-03-02$g15000.00$hv.2$o813.7 H12$pK1$t3$yBK")),
        ("952", data("$00$10$71$aMAIN$bMAIN$cREF$pK2$yREF")),
        ("952", data("$01$10$pK3$yBK")),
        ("952", data("$00$12$pK4$yBK")),
        ("952", data("$aMAIN$bMAIN$yBK")),
        ("952", data("$asomething of another system")),
    )

    assert read.copies == [
        IncomingCopy(
            barcode="K1",
            room="GEN",
            price=15_000,
            volume="2",
            copy_number="3",
            type_code="BK",
            registered_on=date(2019, 3, 2),
        ),
        IncomingCopy(barcode="K2", room="REF", type_code="REF", for_loan=False),
        IncomingCopy(type_code="BK"),
    ]
    assert read.fields["call_number"] == "813.7 H12"
    assert read.notes == [(Reason.COPY_GONE, "K3"), (Reason.COPY_GONE, "K4")]


@pytest.mark.parametrize(
    ("fields", "number", "scheme"),
    [
        ([("084", data("$a813.7$2kdc6")), ("082", data("$a895.7"))], "813.7", "kdc"),
        ([("084", data("$a11.20$2bcl")), ("082", data("$a895.7"))], "895.7", "ddc"),
        ([("082", data("$a[Fic]"))], "", ""),
    ],
)
def test_the_class_has_its_scheme(fields, number, scheme):
    read = book(TITLE, *fields).fields

    assert (read["class_number"], read["class_scheme"]) == (number, scheme)


def test_series_headings_are_found_and_the_printed_one_is_shown():
    fields = book(
        TITLE, ("490", data("$aCritical issues,$x0002-2985 ;$v93")), ("830", data("$aCritical issues (Washington)"))
    ).fields

    assert fields["series"] == "Critical issues ; 93"
    assert fields["access_points"] == ["Critical issues (Washington)"]


def test_an_isbn_that_is_none_is_noted_where_there_is_no_other():
    wrong, right = ("020", data("$a8937460778")), ("020", data("$a8937460777"))

    assert book(TITLE, wrong).notes == [(Reason.ISBN_INVALID, "8937460778")]
    assert book(TITLE, wrong, right).notes == []
    assert book(TITLE, ("020", data("$a(paperback)"))).notes == []


@pytest.mark.parametrize("kind", "zuvxywq")
def test_records_of_names_classes_and_holdings_are_no_books(kind):
    read = book(("245", data("$aNo book")), leader=f"00000n{kind}  a2200000 a 4500")

    assert read.rejected == (Reason.NO_BOOK, kind)


def test_a_deleted_record_says_so():
    [read] = xml_books(real("reports/deleted.xml"))

    assert (read.deleted, read.control_number, read.rejected) == (True, "D2", None)


def test_other_scripts_of_a_reported_file():
    read = xml_books(real("reports/880-han-kana-cyrillic.xml"))

    assert [record.title for record in read] == ["전통과 실천", "漢文學史", "東京の町", "三國史記", "Война и угол"]
    romanised = [[], ["Hanmunhaksa"], ["Tōkyō no machi"], [], ["Voĭna i ugol"]]
    assert [record.fields["other_titles"] for record in read] == romanised
    assert read[1].fields["authors"] == ["陳庸基"]
    assert "Chin, Yung-gi" in read[1].fields["access_points"]


def test_two_thousand_real_records_keep_their_diacritics(capsys):
    records = {record.control_number: record for record in books(real("uva_001_2000.mrc"))}

    assert len(records) == 2000
    assert not any(record.rejected for record in records.values())
    texts = [text for record in records.values() for text in (record.title, *record.fields["authors"])]
    assert all(unicodedata.is_normalized("NFC", text) and "\ufffd" not in text for text in texts)
    assert sum(not text.isascii() for text in texts) > 500
    assert records["u303"].fields["authors"] == ["L\u00fchning, Helga"]
    assert records["u898"].fields["publisher"] == "Orta Do\u011fu Teknik \u00dcniversitesi"
    assert records["u701"].title.startswith("Sot\u0361sial\u02b9nai\u0361a politika")
    assert capsys.readouterr() == ("", "")
