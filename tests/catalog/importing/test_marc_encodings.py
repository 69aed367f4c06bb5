"""The encoding is decided from the bytes of each record, and noted where the record does not name it."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

import pytest

from catalog.importing.reasons import Reason
from kernel.importing.records import CannotImportError
from tests.catalog.importing.marc_files import UNSAID, UTF8, books, data, iso, real, written

TEXTS = [
    ("001", "KMO202600001"),
    ("008", "260101s2025    ulka          000a  kor  "),
    ("245", data("$a꽃샘추위 :$b객사의 밤, 햏자 이야기 /$d정꽃샘 지음", "20")),
    ("260", data("$a파주 :$b느티출판,$c2025")),
    ("653", data("$a느티나무$a마을")),
]
TITLE = "꽃샘추위 : 객사의 밤, 햏자 이야기"


def record(encoding: str, leader: str = UNSAID) -> bytes:
    return iso(*TEXTS, encoding=encoding, leader=leader)


def kolas(encoding: str, mark: bytes = b"", *, times: int = 2) -> bytes:
    """A file as KOLAS III writes it: the record's length in letters, the directory in bytes of CP949, line ends."""
    raw = written([(tag, text.encode("cp949")) for tag, text in TEXTS], UNSAID).decode("cp949")
    return mark + ((f"{len(raw):05d}" + raw[5:] + "\r\n") * times).encode(encoding)


def encodings_of(read):
    return [[detail for reason, detail in record.notes if reason == Reason.ENCODING] for record in read]


@pytest.mark.parametrize(
    ("raw", "noted"),
    [
        (record("utf-8", UTF8), []),
        (record("utf-8"), ["utf-8"]),
        (record("cp949"), ["cp949"]),
        (record("cp949", UTF8), ["cp949"]),
        (kolas("cp949", times=1), ["cp949"]),
        (kolas("utf-8", BOM_UTF8, times=1), ["utf-8"]),
        (kolas("utf-16-le", BOM_UTF16_LE, times=1), ["utf-16"]),
        (kolas("utf-16-be", BOM_UTF16_BE, times=1), ["utf-16"]),
        (kolas("utf-16-le", times=1), ["utf-16"]),
        (kolas("utf-16-be", times=1), ["utf-16"]),
    ],
    ids=["utf-8", "unsaid", "cp949", "cp949 said utf-8", "kolas", "mark", "le mark", "be mark", "le", "be"],
)
def test_the_encoding_is_seen_and_noted(raw, noted):
    [read] = books(raw)

    assert (read.rejected, read.title, read.fields["authors"]) == (None, TITLE, ["정꽃샘"])
    assert encodings_of([read]) == [noted]


def test_one_file_may_hold_every_encoding():
    files = [
        kolas("utf-16-le", BOM_UTF16_LE),
        record("cp949"),
        record("utf-8"),
        kolas("utf-16-be", BOM_UTF16_BE),
        record("utf-8", UTF8),
        kolas("utf-16-le"),
        record("cp949"),
        kolas("utf-16-be"),
    ]

    read = books(*files)

    assert [record.title for record in read] == [TITLE] * 12
    wide = [["utf-16"]] * 2
    assert encodings_of(read) == [*wide, ["cp949"], ["utf-8"], *wide, [], *wide, ["cp949"], *wide]


@pytest.mark.parametrize("wide", ["utf-16-le", "utf-16-be"])
def test_a_byte_lost_from_utf16_costs_one_record(wide):
    one = kolas(wide, times=1)

    read = books(one, one[:201] + one[202:], one, one)

    assert [record.title for record in read if not record.rejected] == [TITLE] * 3
    assert len([record for record in read if record.rejected]) == 1


def test_utf16_that_breaks_off_spoils_no_neighbour_in_another_encoding():
    for broken in (kolas("utf-16-le", times=1)[:120] + b"\x1d", "0000000000 no record".encode("utf-16-le") + b"\x1d"):
        read = books(broken, record("utf-8"), record("cp949"))

        assert [record.title for record in read if not record.rejected] == [TITLE] * 2


def test_a_letter_cut_in_two_is_dropped_and_noted():
    for encoding, cut in (("cp949", -1), ("utf-8", -1), ("utf-8", -2)):
        fields = [(tag, text.encode(encoding)) for tag, text in TEXTS]
        fields[3] = ("260", data("$a파주 :$b느티출판").encode(encoding)[:cut])

        [read] = books(written(fields, UNSAID))

        assert (read.title, read.fields["publisher"]) == (TITLE, "느티출")
        assert (Reason.LETTERS_DROPPED, "느티출?") in read.notes


def test_the_shortest_korean_record_is_no_latin_one():
    [read] = books(iso(TEXTS[1], ("245", data("$a책")), encoding="cp949", leader=UNSAID))

    assert read.title == "책"


def test_romanised_korean_in_utf8_is_no_hangul():
    [read] = books(iso(TEXTS[1], ("245", data("$aKŭmgang ŭi p'ungnyŏn")), leader=UNSAID))

    assert read.title == "Kŭmgang ŭi p'ungnyŏn"


MARC8 = [
    (b"\xebT\xecSvet\xe2aeva \xb0Al\xe5i", "T\u0361Svetáeva ʻAlī"),
    (b"\xa2resund og \xb1\xe2od\xe2z", "Øresund og łódź"),
    (b"Vi\xf2\xe3et Nam, C\xe3\xf2an", "Việt Nam, Cận"),
    (b"\x88The \x89cat\x8es", "The cats"),
    (b"\x1b$1!04K7o!5.\x1b(B /", "中国古"),
    (b"\x1b(Nptica\x1b(B", "ПТИЦА"),
    (b"a\x1bb2\x1bs+", "a₂+"),
    (b"\x1bga\x1bs-lucha", "α-lucha"),
]


@pytest.mark.parametrize(("title", "shown"), MARC8)
def test_marc8_is_what_is_not_unicode_and_not_korean(title, shown):
    [read] = books(written([("245", b"  \x1fa" + title), ("260", b"  \x1fb\xa5\xe2erik")], UNSAID))

    assert (read.rejected, read.title, read.fields["publisher"], read.notes) == (None, shown, "Æérik", [])


def test_what_marc8_has_no_letter_for_is_noted_and_not_printed(capsys):
    [read] = books(written([("245", b"  \x1faprecauci\xe2on a\xe1 los \xb1\xe2odzkie \xe2etudes")], UNSAID))

    assert read.title == "precaución a los łódzkie études"
    assert (Reason.LETTERS_DROPPED, "a?") in read.notes
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["cp949", "euc-kr", "ks_c_5601-1987", "EUC-KR"])
def test_an_encoding_can_be_named(name):
    [read] = books(record("cp949"), encoding=name)

    assert (read.title, encodings_of([read])) == (TITLE, [[]])


def test_marc8_can_be_named():
    raw = written([("245", b"  \x1faCaf\xe2e")], UTF8)

    assert books(raw, encoding="marc-8")[0].title == "Café"


@pytest.mark.parametrize("name", ["nonsense-8", "hex", "undefined", ""])
def test_an_encoding_that_is_none_is_refused(name):
    with pytest.raises(CannotImportError, match="encoding"):
        books(record("cp949"), encoding=name)


@pytest.mark.parametrize(
    ("name", "noted", "titles"),
    [
        ("korean/kolas_euckr_blank09.mrc", ["cp949"], ["꽃샘추위 : 마을 이야기", "햇살 한 줌 : 마을 이야기"]),
        ("korean/nlk_utf8_blank09.mrc", ["utf-8"], ["느티나무 아래 : 마을 이야기", "바람의 도서관 : 마을 이야기"]),
        ("korean/university_utf8.mrc", [], ["高麗時代 마을과 사람"]),
    ],
)
def test_files_of_korean_libraries_are_read(name, noted, titles):
    read = books(real(name))

    assert [record.title for record in read] == titles
    assert encodings_of(read) == [noted] * len(titles)
