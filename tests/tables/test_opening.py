"""Tables are known by what their files hold, and a bad row costs no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.importing.records import CannotImportError
from kernel.importing.tables.opening import open_table, rows_expected
from tests.tables.workbooks import xls, xlsx

HEADING = ["서명", "저자", "가격"]
BOOK = ["바람의 길", "이강", "15000"]
BOTH = "서명,저자,가격\n바람의 길,이강,15000\n"
HTML = """<html><head><meta charset="euc-kr"><style>td {color: red}</style></head><body><p>목록</p><table>
<tr><td colspan=3>2026년 목록</td></tr><tr><th>서명<th>저자<th>가격
<tr><td>바람의&nbsp;길<td>이강</td><td>15000</td></tr></table></body></html>"""


def opened(path, **options):
    table = open_table(path, usable=lambda cells: "서명" in cells, **options)
    return table, list(table.rows)


def read(path, content, **options):
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    table, rows = opened(path, **options)
    return table.header, [row.cells if row.fault is None else row.fault[0] for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_encoding_is_found_from_the_bytes(tmp_path, encoding, end):
    assert read(tmp_path / "a.csv", BOTH.replace("\n", end).encode(encoding)) == (HEADING, [BOOK])


@pytest.mark.parametrize("delimiter", ",;\t|")
def test_the_delimiter_is_found(tmp_path, delimiter):
    assert read(tmp_path / "a.txt", BOTH.replace(",", delimiter)) == (HEADING, [BOOK])


def test_the_delimiter_is_what_makes_a_heading_that_can_be_used(tmp_path):
    text = "저자, 옮긴이, 그린이;서명;가격\n이강;바람의 길;15000\n"
    assert read(tmp_path / "a.csv", text) == (
        ["저자, 옮긴이, 그린이", "서명", "가격"],
        [["이강", "바람의 길", "15000"]],
    )


@pytest.mark.parametrize("first", ["sep=;\r\n", '"sep=;"\n', "\ufeffSEP=;\n"])
def test_excels_first_line_is_obeyed_and_is_no_row(tmp_path, first):
    assert read(tmp_path / "a.csv", first + BOTH.replace(",", ";")) == (HEADING, [BOOK])


def test_excels_first_line_may_name_any_delimiter(tmp_path):
    assert read(tmp_path / "a.csv", "sep=^\n" + BOTH.replace(",", "^")) == (HEADING, [BOOK])


def test_empty_cells_at_the_end_count_for_nothing_and_others_cost_their_row_alone(tmp_path):
    text = "서명,저자,가격,,\n바람의 길,이강,15000,,,\n셋,둘,하나,\n너무,많은,칸,이,있다\n짧은\n\n,,,\n끝,이강,1\n"
    assert read(tmp_path / "a.csv", text) == (
        HEADING,
        [BOOK, ["셋", "둘", "하나"], "cells_more", ["짧은"], ["끝", "이강", "1"]],
    )


def test_rows_are_found_where_a_spreadsheet_counts_them(tmp_path):
    lines = ["목록", "", "서명,저자,가격", '"두\n줄",이강,1', ",,", "", "너무,많은,칸,이", "책,합,2"]
    (tmp_path / "a.csv").write_text("\n".join(lines), "utf-8")
    (tmp_path / "sep.csv").write_text("sep=;\n" + BOTH.replace(",", ";"), "utf-8")
    xlsx(tmp_path / "a.xlsx", {"목록": [[""], ["목록"], HEADING, BOOK, ["", "", ""], BOOK]})
    (tmp_path / "a.html").write_bytes(HTML.encode("cp949"))
    found = {}
    for name in ("a.csv", "sep.csv", "a.xlsx", "a.html"):
        _table, rows = opened(tmp_path / name)
        found[name] = [(row.number, row.in_file) for row in rows]
    assert found == {
        "a.csv": [(1, 4), (2, 7), (3, 8)],
        "sep.csv": [(1, 2)],
        "a.xlsx": [(1, 4), (2, 6)],
        "a.html": [(1, None)],  # texts between tables are rows of a spreadsheet too
    }


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_a_lone_bad_byte_costs_its_row_alone(tmp_path, encoding):
    lines = [line.encode(encoding) for line in ("서명,저자,가격", "바람의 길,이강,15000", "끝,이강,1")]
    lines.insert(2, "나쁜 ".encode(encoding) + b"\xff" + ",이강,1".encode(encoding))
    assert read(tmp_path / "a.csv", b"\n".join(lines)) == (HEADING, [BOOK, "unreadable", ["끝", "이강", "1"]])


def test_a_quotation_mark_that_is_not_closed_costs_its_row_alone(tmp_path):
    text = '서명,저자,가격\n"열린 책,이강,1\n바람의 길,이강,15000\n"두 줄\n제목","이 ""강""",2\n"또 열린,x,3\n끝,이강,1'
    assert read(tmp_path / "a.csv", text)[1] == [
        "unreadable",
        BOOK,
        ["두 줄\n제목", '이 "강"', "2"],
        "unreadable",
        ["끝", "이강", "1"],
    ]


def test_excels_way_of_writing_digits_as_text_is_undone(tmp_path):
    text = '서명,저자,가격\n"=""0012""",="34",=""\n"=1+1",x,="a""b"\n'
    assert read(tmp_path / "a.csv", text)[1] == [["0012", "34", ""], ["=1+1", "x", 'a"b']]


def test_lines_above_the_heading_are_passed_over(tmp_path):
    assert read(tmp_path / "a.csv", "2026년 소장 목록\n\n,,\n" + BOTH) == (HEADING, [BOOK])


def test_a_workbook_is_read_whatever_it_is_called(tmp_path):
    rows = [HEADING, ["바람의 길", "이강", 15000], ["둘", 9788970128856, 0.5], ["셋", ("day", 46354), ""]]
    path = xlsx(tmp_path / "list.csv", {"표지": [["2026년 목록"]], "숨은": [HEADING], "책": rows}, hidden=["숨은"])

    table, found = opened(path)

    assert (table.format, table.sheet, table.header) == ("workbook", "책", HEADING)
    assert [row.cells for row in found] == [BOOK, ["둘", "9788970128856", "0.5"], ["셋", "2026-11-28", ""]]
    assert rows_expected(path) == 4
    assert opened(path, sheet="표지")[0].header == ["2026년 목록"]
    with pytest.raises(CannotImportError, match="표지, 숨은, 책"):
        opened(path, sheet="없음")


def test_a_cell_that_was_merged_downwards_stands_in_each_of_its_rows(tmp_path):
    books = [["토지", "박경리", 1], ["", "", 2], ["길", "", 3], ["끝", "이강", 4], ["", "", ""]]
    rows = [[], ["", *HEADING], ["", "", "", "정가"], *(["", *book] for book in books)]
    merged = "B2:B3 C2:C3 B4:B5 C4:C6 D2:E2 B7:B8 C7:C8 D7:D8"
    path = xlsx(tmp_path / "list.xlsx", {"책": rows}, merged=merged)

    assert [row.cells for row in opened(path)[1]] == [
        ["", "", "정가"],
        ["토지", "박경리", "1"],
        ["토지", "박경리", "2"],
        ["길", "박경리", "3"],
        ["끝", "이강", "4"],
    ]


def test_an_old_workbook_is_read(tmp_path):
    table, rows = opened(xls(tmp_path / "list.xls", [HEADING, ["바람의 길", "이강", 15000]]))
    assert (table.header, [row.cells for row in rows]) == (HEADING, [BOOK])


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "utf-16"])
def test_html_that_is_called_a_workbook_is_read(tmp_path, encoding):
    path = tmp_path / "list.xls"
    assert read(path, HTML.encode(encoding)) == (HEADING, [BOOK])
    assert opened(path)[0].format == "html"


def test_a_cell_of_html_may_be_as_wide_as_several(tmp_path):
    page = "<table><tr><th>서명</th><th>저자</th><th>가격</th></tr><tr><td colspan='2'>길</td><td>1</td></tr></table>"
    assert read(tmp_path / "list.xls", page)[1] == [["길", "", "1"]]


def test_a_cell_of_html_may_be_as_high_as_several(tmp_path):
    page = """<table><tr><th rowspan=2>서명<th rowspan=2>저자<th>가격<tr><th>정가
        <tr><td rowspan=2>토지<td rowspan=3>박경리<td>1<tr><td>2<tr><td>길<td>3
        <tr><td rowspan=2>끝<td rowspan=2>이강<td rowspan=2>4<tr></tr><tr><td>새<td>정유<td rowspan=9>5</table>
        <table><tr><td>또<td>다른</table>"""
    assert read(tmp_path / "list.xls", page)[1] == [
        ["", "", "정가"],
        ["토지", "박경리", "1"],
        ["토지", "박경리", "2"],
        ["길", "박경리", "3"],
        ["끝", "이강", "4"],
        ["새", "정유", "5"],
        ["또", "다른"],
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook></Workbook>',
        b"PK\x03\x04 but no workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    ],
)
def test_what_is_no_table_is_refused_with_what_cures_it(tmp_path, content):
    path = tmp_path / "list.xls"
    path.write_bytes(content)
    with pytest.raises(CannotImportError, match=r"\.xlsx"):
        opened(path)


def test_an_encoding_can_be_named(tmp_path):
    path = tmp_path / "a.csv"
    text = "서명,저자,가격\n똠방각하,이강,1\n".encode("cp949")
    assert read(path, text, encoding="euc-kr")[1] == [["똠방각하", "이강", "1"]]
    with pytest.raises(CannotImportError, match="klingon"):
        opened(path, encoding="klingon")


words = st.text(st.characters(blacklist_categories=["C", "Z"], blacklist_characters='"=\ufffd'), min_size=1, max_size=8)


@given(st.lists(st.tuples(words, words, words), max_size=12), st.sampled_from(["utf-8", "utf-16"]), st.data())
def test_what_is_written_is_read_and_a_broken_row_costs_none(tmp_path_factory, rows, encoding, data):
    """Rows of any text, each cell quoted or not, come back; so do the others when one row is broken.

    Of two, one may close what the other opened."""
    lines = [",".join(f'"{cell}"' for cell in row) for row in rows]
    broken = data.draw(st.lists(st.sampled_from(['"open,x,y', "a,b,c,d", '"']), max_size=1))
    for line in broken:
        lines.insert(data.draw(st.integers(0, len(lines))), line)
    path = tmp_path_factory.mktemp("rows") / "a.csv"

    _header, found = read(path, "\n".join(["서명,저자,가격", *lines]).encode(encoding))

    assert [row for row in found if isinstance(row, list)] == [list(row) for row in rows]
    assert sum(isinstance(row, str) for row in found) == len(broken)
