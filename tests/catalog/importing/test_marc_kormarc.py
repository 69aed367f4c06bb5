"""KORMARC as libraries really write it (KS X 6006-0)."""

import pytest

from catalog.importing.reasons import Reason
from tests.catalog.importing.marc_files import book, books, data, real, xml_books

TITLE = ("245", data("$a느티나무 아래 :$b마을 이야기 /$d한느티 지음 ;$e그리는 이 그림", "20"))


def copies(*fields):
    read = book(TITLE, *fields)
    assert not read.notes
    return [(c.barcode, c.volume, c.copy_number, c.shelving_mark) for c in read.copies]


def test_a_run_of_049_is_a_run_of_copies():
    run = data("$lEM0000101$v1$c2$f아동$lEM0000102$lEM0000103$v2$fR", "  ")

    assert copies(("049", run)) == [
        ("EM0000101", "1", "2", "아동"),
        ("EM0000102", "", "", ""),
        ("EM0000103", "2", "", "R"),
    ]


def test_one_shelving_mark_is_that_of_all_where_the_indicator_says_so():
    for run in ("$lEM0000101$lEM0000102$c2$f아동", "$f아동$lEM0000101$lEM0000102$c2"):
        assert copies(("049", data(run, "0 "))) == [("EM0000101", "", "", "아동"), ("EM0000102", "", "2", "아동")]


def test_a_capital_i_begins_a_copy_and_fields_may_be_several():
    assert copies(("049", data("$IEM0000101$IEM0000102")), ("049", data("$lEM0000103$c3"))) == [
        ("EM0000101", "", "", ""),
        ("EM0000102", "", "", ""),
        ("EM0000103", "", "3", ""),
    ]


def test_a_barcode_counts_once_and_one_that_is_none_is_noted():
    read = book(TITLE, ("049", data(f"$lEM0000101$lem0000101$l{'9' * 40}")))

    assert [copy.barcode for copy in read.copies] == ["EM0000101"]
    assert read.notes == [(Reason.BARCODE_UNUSABLE, "9" * 40)]


def test_oclcs_049_has_no_copies():
    assert copies(("049", data("$aVA@@$lsomething"))) == []


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ([("950", data("$b₩15000"))], 15_000),
        ([("950", data(r"$b\15000"))], 15_000),
        ([("020", data("$a9788937483264$c₩16,800"))], 16_800),
        ([("020", data("$a9788937483264$c비매품")), ("950", data("$b비매품"))], None),
        ([("950", data("$b비매품")), ("020", data("$c₩9000"))], None),
        ([], None),
    ],
)
def test_the_price_is_that_of_the_copies(fields, price):
    read = book(TITLE, ("049", data("$lEM0000101$lEM0000102")), *fields)

    assert [copy.price for copy in read.copies] == [price, price]
    assert not read.notes


def test_an_amount_that_is_none_is_noted_where_there_are_copies():
    price = ("950", data("$bDM9.80"))

    assert book(TITLE, ("049", data("$lEM0000101")), price).notes == [(Reason.PRICE_UNKNOWN, "DM9.80")]
    assert book(TITLE, price).notes == []


def test_the_librarys_own_call_number_is_not_the_national_librarys():
    numbers = ("052", data("$a813.7$b26-1", "01")), ("056", data("$a813.7$26"))

    fields = book(TITLE, *numbers, ("090", data("$a813.8$b느64ㅂ$cv.2"))).fields
    assert (fields["call_number"], fields["volume"]) == ("813.8 느64ㅂ", "2")
    assert (fields["class_number"], fields["class_scheme"]) == ("813.7", "kdc")
    assert book(TITLE, *numbers).fields["call_number"] == ""


def test_responsibility_is_in_245_d_and_e():
    alone = book(TITLE).fields
    named = book(TITLE, ("700", data("$a한느티", "1 "))).fields

    assert alone["authors"] == ["한느티", "그리는 이"]
    assert named["authors"] == ["한느티"]
    assert alone["access_points"] == named["access_points"] == ["한느티 지음", "그리는 이 그림"]


def test_several_names_and_words_share_a_field():
    fields = book(
        TITLE,
        ("700", data("$a나느티/$a다옮김")),
        ("653", data("$a고려시대/$a마을/$a신분제")),
    ).fields

    assert fields["authors"] == ["나느티", "다옮김"]
    assert fields["subjects"] == ["고려시대", "마을", "신분제"]


def test_names_that_share_a_subfield_are_parted():
    assert book(TITLE, ("100", data("$a고은달;원작자  고은달;낭독자  조별;"))).fields["authors"] == ["고은달", "조별"]


def test_hanja_in_brackets_are_found_and_not_shown():
    fields = book(
        TITLE,
        ("100", data("$a이상[李箱]")),
        ("650", data("$a한국 현대 소설[韓國現代小說]$0KSH1998012345", " 8")),
        ("653", data("$a문학(文學)$a시[poem]")),
    ).fields

    assert (fields["authors"], fields["subjects"]) == (["이상"], ["한국 현대 소설", "문학", "시[poem]"])
    assert {"李箱", "韓國現代小說", "文學"} <= set(fields["access_points"])


def test_isbns_are_told_apart_by_the_indicator():
    fields = book(
        TITLE,
        ("020", data("$a9788937483257$g세트", "1 ")),
        ("020", data("$a9788937483264$g04810 :$c₩12000")),
        ("020", data("$a9788937483271")),
        ("020", data("$z9788937483325$zX123")),
    )

    assert (fields.fields["isbn"], fields.fields["isbn_addon"]) == ("9788937483264", "04810")
    assert fields.fields["other_isbns"] == ["9788937483271"]
    assert {"9788937483257", "9788937483325", "X123"} <= set(fields.fields["access_points"])
    assert fields.notes == []


def test_a_sets_isbn_is_not_the_books():
    for field in (data("$a9788937483257", "1 "), data("$a9788937483257$g세트"), data("$a9788937483257 (세트)")):
        read = book(TITLE, ("020", field))
        assert read.fields["isbn"] is None
        assert read.notes == [(Reason.ISBN_OF_SET, "9788937483257")]


def test_series_and_other_titles():
    fields = book(
        TITLE,
        ("440", data("$a느티 문고 ;$v12$x(The) Zelkova library", "00")),
        ("246", data("$aUnder the zelkova", "19")),
        ("740", data("$a마을 이야기")),
        ("830", data("$a느티 문고")),
    ).fields

    assert fields["series"] == "느티 문고 ; 12"
    assert fields["other_titles"] == ["Under the zelkova", "마을 이야기"]
    assert {"(The) Zelkova library", "느티 문고"} <= set(fields["access_points"])


@pytest.mark.parametrize(
    ("title", "shown", "volume"),
    [
        ("$a긴 강 .$n1", "긴 강. 1", "1"),
        ("$a긴 강.$n제2권,$p먼 바다 /$d이강", "긴 강. 제2권, 먼 바다", "2"),
        ("$a긴 강$b강과 바다$n상", "긴 강 : 강과 바다. 상", "상"),
        ("$a소나기 ;$a학 /$d황순원", "소나기 ; 학", ""),
        ("$a소나기$a학", "소나기 ; 학", ""),
        ("$a高麗時代 마을과 사람/$d나느티 저.", "高麗時代 마을과 사람", ""),
        ("$a강 =$bThe river$x(The) river", "강 = The river", ""),
        ("$a강 =$xThe river :$b마을 이야기 /$d이강", "강 : 마을 이야기", ""),
        ("$a강 =$xRiver ;$a산 =$xMountain", "강 ; 산", ""),
    ],
)
def test_the_parts_of_a_title(title, shown, volume):
    fields = book(("245", data(title))).fields

    assert (fields["title"], fields["volume"]) == (shown, volume)


def test_a_volume_that_all_copies_have_is_the_books():
    one, two = "$lEM0000101$v3$lEM0000102$v3", "$lEM0000101$v3$lEM0000102$v4"

    assert [book(TITLE, ("049", data(run))).fields["volume"] for run in (one, two)] == ["3", ""]


@pytest.mark.parametrize(
    ("fixed", "language"),
    [
        ("260101s2025    ulka          000a  kor  ", "ko"),
        ("020809s2000    ulk           001a   kor ", "ko"),
        ("020809s2000    ulk           001a  kor", "ko"),
        ("020809s2000    ulk           01a kor ", "ko"),
        ("260110s2025    kor  a                   ", ""),
        ("", ""),
    ],
)
def test_the_language_is_read_of_a_short_008_too(fixed, language):
    assert book(TITLE, ("008", fixed)).fields["language"] == language
    assert book(TITLE, ("008", fixed), ("041", data("$aengkor"))).fields["language"] == (language or "en")


def test_numbers_of_the_national_library():
    moved = book(("001", "000000120001"), ("003", "211009"), ("012", data("$aKMO202600001")), TITLE)
    bare = book(("012", data("$aKMO202600001")), TITLE)

    assert (moved.system, moved.control_number) == ("211009", "000000120001")
    assert (bare.system, bare.control_number) == ("NLK", "KMO202600001")


def test_a_national_number_beside_the_librarys_own_is_found_too():
    moved = book(("001", "000000120001"), ("012", data("$aKMO202600001")), TITLE)
    bare = book(("012", data("$aKMO202600001")), TITLE)

    assert "KMO202600001" in moved.fields["access_points"]
    assert "KMO202600001" not in bare.fields["access_points"]


@pytest.mark.parametrize(
    ("said", "addon"), [("03810", "03810"), ("7", "7"), ("7 세트", ""), ("(제2권)", ""), ("03810 (양장)", "03810")]
)
def test_an_addon_may_be_its_first_digit_only(said, addon):
    found = book(("020", data(f"$a9788937483264$g{said}")), TITLE)

    assert found.fields["isbn_addon"] == addon


def test_files_of_the_national_library():
    first, _second = books(real("korean/nlk_utf8_blank09.mrc"))

    assert (first.title, first.fields["authors"]) == ("느티나무 아래 : 마을 이야기", ["한느티"])
    assert first.fields["call_number"] == "813.7 느64ㅂ"
    assert first.fields["subjects"] == ["한국 현대 소설", "느티나무", "마을", "장편소설"]
    copies = [(copy.barcode, copy.shelving_mark, copy.price) for copy in first.copies]
    assert copies == [("EM0000101", "아동", 16_800), ("EM0000102", "아동", 16_800)]


def test_files_of_a_university_and_of_kolas():
    [read] = books(real("korean/university_utf8.mrc"))
    barcodes = [[copy.barcode for copy in record.copies] for record in books(real("korean/kolas_euckr_blank09.mrc"))]

    assert (read.fields["authors"], read.fields["subjects"]) == (["나느티", "다옮김"], ["고려시대", "마을", "신분제"])
    copies = [(copy.barcode, copy.price) for copy in read.copies]
    assert copies == [("M0900001", 15_000), ("M0900002", 15_000), ("M0900003", 15_000)]
    assert barcodes == [["EM0000301", "EM0000302"], ["EM0000401", "EM0000402"]]


def test_reported_forms_of_isbns_and_statements():
    forms = xml_books(real("reports/020-forms.xml"))
    [statement] = xml_books(real("reports/kormarc-245.xml"))

    numbers = ["3264", "3271", "3288", "3295", "3301", "3318", "None", "3332", "3349", "3356", "3363"]
    assert [str(record.fields["isbn"])[-4:] for record in forms] == numbers
    assert "9788937483325" in forms[6].fields["access_points"]
    assert [record.fields["isbn_addon"] for record in forms[:3]] == ["04810", "04810", "03810"]
    assert not any(record.notes for record in forms)
    assert statement.fields["authors"] == ["이다온", "정새봄"]
