"""MARCXML in any encoding; one broken record is the only one lost."""

import tracemalloc
from io import BytesIO

import pytest

from catalog.importing.marc.marcxml import marcxml_records
from catalog.importing.reasons import Reason
from tests.catalog.importing.marc_files import real, xml, xml_books, xml_record

TITLE = "꽃샘추위 : 객사의 밤"


def titles(text, encoding=None):
    return [record.title for record in xml_books(text, encoding) if not record.rejected]


@pytest.mark.parametrize("declared", ["euc-kr", "EUC-KR", "ks_c_5601-1987", "cp949", "ms949"])
def test_encodings_that_pythons_parser_refuses_are_read(declared):
    [read] = xml_books(xml(xml_record("1", TITLE), declared=declared).encode("cp949"))

    assert (read.title, read.control_number, read.notes) == (TITLE, "1", [])


@pytest.mark.parametrize(
    ("declared", "encoding", "noted"),
    [
        ("utf-8", "utf-8", []),
        ("utf-8", "utf-8-sig", []),
        ("utf-8", "cp949", ["cp949"]),
        ("euc-kr", "utf-8", ["utf-8"]),
        ("no-such-thing", "cp949", ["cp949"]),
        ("utf-16", "utf-16", []),
        ("utf-16", "utf-16-be", []),
        ("euc-jp", "euc_jp", []),
    ],
)
def test_the_bytes_decide_whatever_is_declared(declared, encoding, noted):
    title = "東京の町とくらし" if encoding == "euc_jp" else TITLE

    [read] = xml_books(xml(xml_record("1", title), declared=declared).encode(encoding))

    assert read.title == title
    assert [detail for reason, detail in read.notes if reason == Reason.ENCODING] == noted


def test_two_encodings_may_be_in_one_file():
    head, tail = xml("|").split("|")
    parts = [xml_record("1", TITLE).encode("cp949"), xml_record("2", TITLE).encode()]

    assert titles(head.encode() + b"".join(parts) + tail.encode()) == [TITLE] * 2


def test_an_encoding_can_be_named():
    for title in ("Café", "Café crème"):
        text = xml(xml_record("1", title)).encode("latin-1")

        assert titles(text, "latin-1") == [title]
        assert [record.rejected for record in xml_books(text)] == [(Reason.NONSENSE, "--encoding cp1252")]


@pytest.mark.parametrize(
    "broken",
    [
        "<record><leader>00000nam</leader><datafield tag='245'><subfield code='a'>없는 끝</datafield></record>",
        "<record><leader>00000nam</leader><datafield tag='245'><subfield code='a'>없는",
        "<record><datafield tag=245><subfield code='a'>따옴표</subfield></datafield></record>",
        "<record><leader/></leader></record>",
        "<record>아무것도 아님</record>",
    ],
)
def test_a_broken_record_is_rejected_and_the_next_is_read(broken):
    read = xml_books(xml(xml_record("1", "앞"), broken, xml_record("3", "뒤")))

    assert [record.title for record in read if not record.rejected] == ["앞", "뒤"]
    assert [(record.number, record.rejected[0]) for record in read if record.rejected] == [(2, Reason.UNREADABLE)]


def test_a_file_that_breaks_off_has_its_whole_records():
    text = xml(xml_record("1", "앞"), xml_record("2", "뒤"))

    read = xml_books(text[: text.rindex("뒤") + 1])

    assert [record.title for record in read if not record.rejected] == ["앞"]
    assert read[1].rejected[0] == Reason.UNREADABLE


@pytest.mark.parametrize(
    ("written", "title", "dropped"),
    [
        ("가\x1b나\x0c", "가나", ["U+000C", "U+001B"]),
        ("가&#x1f;나&#0;&#xD800;&#1114112;", "가나", ["&#0;", "&#1114112;", "&#x1f;", "&#xD800;"]),
        ("비빔 & 국수 &amp; 만두 &#45208;&lt;", "비빔 & 국수 & 만두 나<", []),
        ("caf&eacute;&nbsp;&hellip;", "café …", []),
        ("도서&library;관", "도서관", ["&library;"]),
        ("1 < 2", "1 < 2", []),
        ("<![CDATA[<가> & 나]]>", "<가> & 나", []),
        ("가<!-- </record> -->나", "가나", []),
    ],
)
def test_what_is_no_xml_is_dropped_and_noted(written, title, dropped):
    read = xml_books(xml(xml_record("1", written), xml_record("2", "이웃")))

    assert [record.title for record in read] == [title, "이웃"]
    assert sorted(detail for reason, detail in read[0].notes if reason == Reason.LETTERS_DROPPED) == dropped


def test_entities_of_the_document_are_never_put_in():
    levels = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    bomb = f'<!DOCTYPE collection [<!ENTITY l0 "lol"><!ENTITY file SYSTEM "file:///etc/passwd">{levels}]>'
    text = xml(xml_record("1", "가&l12;나&file;"), xml_record("2", "뒤")).replace("<collection", bomb + "<collection")

    tracemalloc.start()
    read = xml_books(text)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert [record.title for record in read] == ["가나", "뒤"]
    assert most < 5_000_000


def test_records_in_comments_are_none():
    assert titles(xml(xml_record("1", "앞"), "<!-- " + xml_record("2", "지움") + " -->", xml_record("3", "뒤"))) == [
        "앞",
        "뒤",
    ]


def test_wrappers_of_oai_pmh_and_sru_are_no_records():
    inner = (
        xml_record("1", "앞").replace("<record>", '<marc:record xmlns:marc="m">').replace("</record>", "</marc:record>")
    )
    oai = f"<record><header><identifier>oai:1</identifier></header><metadata>{inner}</metadata></record>"
    sru = f"<zs:record><zs:recordData>{inner}</zs:recordData></zs:record>"

    read = xml_books(xml(oai, sru))

    assert [(record.number, record.title, record.rejected) for record in read] == [(1, "앞", None), (2, "앞", None)]


def test_memory_does_not_grow_with_the_file():
    class Endless(BytesIO):
        """A file of 1,500 records that nobody holds."""

        left = 1_500

        def read(self, _size=-1):
            self.left -= 50
            return xml_record("1", TITLE).encode() * 50 if self.left >= 0 else b""

    tracemalloc.start()
    count = sum(1 for _record in marcxml_records(Endless()))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 1_500
    assert most < 400_000


def test_odd_leaders_and_tags_are_noted():
    read = xml_books(real("reports/odd-leaders.xml"))

    assert [record.title for record in read] == [
        "짧은 머리말",
        "에우노이아",
        "별난 꼬리표",
        "머리말 없음",
        "빈 표시",
        "보통 책",
    ]
    assert [record.control_number for record in read] == ["X1", "X2", "X3", "X4", "", "X6"]
    odd, dropped = Reason.LEADER_ODD, Reason.FIELD_DROPPED
    noted = [[reason for reason, _detail in record.notes] for record in read]
    assert noted == [[odd], [odd], [dropped, dropped], [odd], [odd, dropped], []]


def test_real_records_are_read_without_a_note():
    read = xml_books(real("kormarc_prototype_100.marcxml"))

    assert len(read) == 100
    assert not any(record.rejected or record.notes for record in read)
    assert {record.system for record in read} == {"NLK"}
    assert len(read[4].fields["authors"]) == 7
