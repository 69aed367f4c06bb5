"""A record that decodes to nonsense is rejected, with what may help; a record that is only unusual is not."""

import pytest

from catalog.importing.marc.nonsense import COMMON_SYLLABLES, is_nonsense
from catalog.importing.reasons import Reason
from tests.catalog.importing.marc_files import UNSAID, books, data, iso, real, written, xml, xml_books, xml_record

KOREAN = [("245", data("$a느티나무 아래 :$b마을 이야기 /$d한느티 지음")), ("260", data("$b느티출판,$c2025"))]
JAPANESE = [("245", data("$a東京の町と人びとのくらし")), ("260", data("$b日本の書店"))]
CHINESE = [("245", data("$a中国古代文学史研究")), ("260", data("$b上海人民出版社"))]
GERMAN = [("245", data("$aBücher für Köln :$bGrüße, Wörter")), ("260", data("$bMünchen"))]
FRENCH = [("245", data("$aCafé crème :$bséries françaises")), ("260", data("$bGénéral, Orléans"))]
RUSSIAN = [("245", data("$aВойна и мир")), ("260", data("$bМосква"))]
ANEW = "it was converted from a wrong encoding before it came here: have it exported anew"


def rejection(*files: bytes, encoding: str | None = None) -> tuple[str, str] | None:
    [read] = books(*files, encoding=encoding)
    return read.rejected


@pytest.mark.parametrize(
    ("fields", "encoding", "named", "cure"),
    [
        (KOREAN, "cp949", "utf-8", "--encoding cp949"),
        (KOREAN, "cp949", "latin-1", "--encoding cp949"),
        (KOREAN, "cp949", "cp1252", "--encoding cp949"),
        (KOREAN, "cp949", "marc-8", "--encoding cp949"),
        (KOREAN, "utf-8", "cp949", "--encoding utf-8"),
        (KOREAN, "utf-8", "latin-1", "--encoding utf-8"),
        (KOREAN, "utf-8", "marc-8", "--encoding utf-8"),
        (JAPANESE, "euc_jp", None, "--encoding euc_jp"),
        (JAPANESE, "cp932", None, "--encoding cp932"),
        (CHINESE, "gb2312", None, "--encoding gb2312"),
        (CHINESE, "gb2312", "cp949", "--encoding gb2312"),
        (GERMAN, "cp1252", None, "--encoding cp1252"),
        (GERMAN, "cp1252", "utf-8", "--encoding cp1252"),
        (FRENCH, "cp1252", None, "--encoding cp1252"),
        (RUSSIAN, "koi8_r", None, "--encoding koi8_r"),
        (RUSSIAN, "cp1251", None, "--encoding cp1251"),
    ],
)
def test_a_wrong_encoding_is_no_success_and_the_right_one_is_named(fields, encoding, named, cure):
    raw = iso(*fields, encoding=encoding, leader=UNSAID)

    assert rejection(raw, encoding=named) == (Reason.NONSENSE, cure)
    [read] = books(raw, encoding=cure.removeprefix("--encoding "))
    assert (read.rejected, read.title[:5]) == (None, fields[0][1][4:9])


@pytest.mark.parametrize(
    ("fields", "encoding", "taken_for"),
    [
        (KOREAN, "utf-8", "cp1252"),
        (KOREAN, "utf-8", "latin-1"),
        (KOREAN, "cp949", "latin-1"),
        (KOREAN, "utf-8", "cp949"),
        ([("245", data("$aCafé crème"))], "utf-8", "cp1252"),
        ([("245", data("$aCafé"))], "utf-8", "latin-1"),
        (RUSSIAN, "utf-8", "cp1252"),
        (JAPANESE, "utf-8", "cp1252"),
    ],
)
def test_what_was_converted_wrongly_before_is_no_success(fields, encoding, taken_for):
    spoilt = [(tag, text.encode(encoding).decode(taken_for, "replace")) for tag, text in fields]

    assert rejection(iso(*spoilt)) == (Reason.NONSENSE, ANEW)


def test_what_was_converted_wrongly_is_seen_in_xml_and_in_references_too():
    spoilt = "느티나무".encode().decode("latin-1")

    for title in (spoilt, "".join(f"&#{ord(letter)};" for letter in spoilt)):
        [read] = xml_books(xml(xml_record("1", title)))
        assert read.rejected[0] == Reason.NONSENSE


@pytest.mark.parametrize("title", ["???? ??", "?? : ??? ?"])
def test_letters_that_became_question_marks_are_no_title(title):
    assert rejection(iso(("245", data(f"$a{title}"))))[0] == Reason.NONSENSE


@pytest.mark.parametrize(
    "title",
    [
        "Who? What? Where?",
        "SÃO PAULO E A CAÇÃO",
        "ÄÖÜ: Straße, Grüße, «Öl»",
        "Đặng Thị Nhu",
        "Łódź, Gdańsk, Kraków",
        "“Noël’s” café – été…",
        "ㄱㄴㄷ 배우기 : ㄱ부터 ㅎ까지",
        "햏자, 쀍, 똠방각하와 펲시맨의 모험",
        "漢文學史 : 韓國의 漢文學",
        "李箱 全集",
        "Привет, мир",
        "ελληνικά",
        "עברית",
        "東京の町",
        "ｶﾀｶﾅ 이야기와 일본어 공부",
        "E=mc² ± 5°",
        "Tōkyō no machi",
        "훈민정음 ᄒᆞᆫ글 해례본의 이해와 감상",
        "바닷가의 갈매기와 고래 이야기 ─ 제1권",
    ],
)
def test_what_is_only_unusual_makes_sense(title):
    [read] = books(iso(("245", data(f"$a{title}"))))

    assert read.rejected is None
    assert is_nonsense(title) is False


def test_one_spoilt_record_spoils_no_other():
    right = iso(*KOREAN)
    wrong = iso(*GERMAN, encoding="cp1252", leader=UNSAID)

    read = books(right, wrong, right)

    assert [bool(record.rejected) for record in read] == [False, True, False]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "cp037", "utf-7", "hz", "iso2022_kr", "utf-32"])
def test_an_encoding_in_which_the_fields_have_no_ends_is_nonsense(encoding):
    rejected = rejection(iso(*KOREAN), encoding=encoding)

    assert rejected == (Reason.NONSENSE, "--encoding utf-8")


def test_an_encoding_that_swallows_the_ends_of_fields_is_nonsense():
    swallowing = b"  \x1fa~{" + b"<:Ky2;" * 12 + b"\xe9"

    rejected = rejection(written([("245", swallowing), ("260", b"  \x1fbabc")], UNSAID), encoding="hz")

    assert rejected[0] == Reason.NONSENSE


@pytest.mark.parametrize("text", ["쒓뎅 뒓떚굹臾 븘옒", "ｴﾀﾆｼｳｪｹｫ ｾﾆｷ｡", "┌느┐─│나무└┘━┃"])
def test_rare_syllables_half_kana_and_boxes_in_bulk_are_nonsense(text):
    assert rejection(iso(("245", data(f"$a{text}")))) == (Reason.NONSENSE, ANEW)


def test_common_syllables_are_those_of_real_records():
    text = real("kormarc_prototype_100.marcxml").decode()
    codes = [int(code) for code in text.replace("&#", ";").split(";") if code.isdigit() and len(code) == 5]
    syllables = [chr(code) for code in codes if 0xAC00 <= code <= 0xD7A3]

    assert len(syllables) > 3_000
    assert sum(syllable in COMMON_SYLLABLES for syllable in syllables) > 0.9 * len(syllables)


def test_a_mark_without_its_letter_is_a_slip_and_two_are_nonsense():
    slip, nonsense = b"  \x1faEl a\xe1 no", b"  \x1fap\xe9 caf\xe9 \xdf"

    assert rejection(written([("245", slip)], UNSAID)) is None
    assert rejection(written([("245", nonsense)], UNSAID)) == (Reason.NONSENSE, "--encoding cp1252")


def test_real_records_make_sense():
    assert not any(record.rejected for record in books(real("uva_001_2000.mrc")))
