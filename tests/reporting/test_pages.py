"""The pages and files of statistics: what libraries report, tables of any two axes, and what is behind a number."""

import csv
import io
import re
from datetime import date

import pypdfium2
import pytest
from django.utils import translation
from python_calamine import load_workbook

from kernel.http.answers.content_policy import HEADER
from reporting.counting import count_stale_days
from reporting.models import MonthCount, Visits
from reporting.services import note_visits
from tests.admin.door import Door, a_librarian
from tests.bus import Bus
from tests.factories import Town
from tests.reporting.test_counting import a_novel

YEAR = {"first": "2026-01-01", "last": "2026-12-31"}
REPORT, TABLE = "/admin/statistics/", "/admin/statistics/table/"


@pytest.fixture
def bus() -> Bus:
    """One order is enough."""
    return Bus()


@pytest.fixture
def door(town: Town) -> Door:
    """An administrator, after a loan of two novels in March and one in January, of which one came back."""
    novel = a_novel(town)
    town.lend_long_ago(town.haneul, novel)
    town.give_back(town.jo, town.lend(town.jo, novel, quantity=2), quantity=1)
    note_visits(day=date(2026, 3, 2), number=125)
    count_stale_days()
    return a_librarian()


def page(door: Door, address: str, **query: str) -> str:
    """A page of the year."""
    answer = door.get(address, {**YEAR, **query})
    assert answer.status_code == 200
    assert "style-src 'self'" in answer.headers[HEADER]
    text = str(answer.content.decode())
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", text)
    return text


def row(text: str, table: str, label: str) -> list[str]:
    """The numbers of a line of a table on a page."""
    own = text.split(f'id="{table}"')[1].split("</section>")[0]
    (line,) = [part for part in re.findall(r"<tr>(.*?)</tr>", own, re.DOTALL) if f">{label}</th>" in part]
    return re.findall(r"<td>(?:<a [^>]*>)?([\d,]+)", line)


def test_the_report_has_what_libraries_report(door: Door) -> None:
    text = page(door, REPORT)
    assert row(text, "months", "March 2026")[:2] == ["2", "1"]
    assert row(text, "months", "March 2026")[-1] == "125"
    assert row(text, "holdings", "800 Literature") == ["1", "3", "3", "0", "1", "0", "3"]
    assert row(text, "readers", "800 Literature") == ["0", "0", "0", "3"]
    assert row(text, "months", "Sum")[0] == "3"
    assert 'role="img"' in text
    assert "being counted again" not in text


def test_a_number_leads_to_the_loans_that_it_counts(door: Door) -> None:
    text = page(door, TABLE, what="loans", rows="month", columns="main_class")
    assert row(text, "cross", "January 2026") == ["1"]
    (address,) = re.findall(r'<a href="(/admin/lending/loan/[^"]*2026-01-01\.\.2026-01-31[^"]*)"', text)
    listed = str(door.get(address.replace("&amp;", "&")).content.decode())
    assert listed.count('class="action-checkbox"') == 1
    assert "김하늘" in listed
    returns = re.findall(r'<a href="(/admin/lending/return/[^"]*)"', page(door, REPORT))
    assert 'class="field-quantity">1<' in str(door.get(returns[-1].replace("&amp;", "&")).content.decode())


def test_the_hours_of_loans_stand_against_days_of_the_week(door: Door) -> None:
    text = page(door, TABLE, what="loans", rows="hour", columns="weekday")
    assert row(text, "cross", "10:00") == ["2"]
    assert row(text, "cross", "unknown") == ["1"]
    assert "<title>10:00: Sum 2</title>" in text
    report = page(door, REPORT)
    assert row(report, "hours", "10:00") == ["2", "1"]


def test_the_most_borrowed_lead_to_their_loans(door: Door) -> None:
    text = page(door, REPORT)
    assert row(text, "most", "토지") == ["3"]
    (address,) = re.findall(r'<a href="(/admin/lending/loan/[^"]*book__id__exact=[^"]*)"', text)
    assert str(door.get(address.replace("&amp;", "&")).content.decode()).count('class="action-checkbox"') == 2


def test_who_may_not_see_loans_sees_numbers_without_lists(door: Door) -> None:
    text = page(a_librarian("L-7102", roles=("cataloguer",)), REPORT)
    assert row(text, "holdings", "800 Literature")[-1] == "3"
    assert "/admin/lending/" not in text
    assert "김하늘" not in text
    assert a_librarian("L-7103", roles=("operator",)).get(REPORT).status_code == 403
    assert Door().get(REPORT).status_code == 302


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"first": "2026-12-31", "last": "2026-01-01"}, "ends on the day it begins"),
        ({"rows": "month", "columns": "month"}, "two axes that differ"),
        ({"what": "books_added", "rows": "month", "columns": "age_group"}, "not counted by age group"),
        ({"first": "2020-01-01", "rows": "day", "columns": "main_class"}, "one year at most"),
        ({"rows": "hour", "columns": "main_class"}, "Hours are counted by year"),
        ({"first": "soon"}, "valid date"),
    ],
)
def test_what_can_not_be_counted_is_said(door: Door, query: dict[str, str], words: str) -> None:
    assert words in page(door, TABLE, **query)


def test_the_tables_are_taken_along_as_files(door: Door) -> None:
    MonthCount.objects.update(copy_type="=1+1")
    with translation.override("ko"):
        korean = Door(door.user, headers={"accept-language": "ko"})
    files = {kind: korean.get(REPORT, {**YEAR, "as": kind}) for kind in ("csv", "xlsx", "pdf")}
    assert {answer.status_code for answer in files.values()} == {200}

    text = files["csv"].content.decode("utf-8-sig")
    assert files["csv"].content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text)))
    assert ["800 문학", "1", "3", "3", "0", "1", "0", "3"] in rows
    assert not [cell for row in rows for cell in row if cell.startswith("=")]

    book = load_workbook(io.BytesIO(files["xlsx"].content))
    sheets = [book.get_sheet_by_index(number).to_python() for number in range(len(book.sheet_names))]
    assert ["800 문학", 1, 3, 3, 0, 1, 0, 3] in sheets[1]
    assert "=1+1" in [row[0] for row in sheets[5] if row]

    pdf = pypdfium2.PdfDocument(files["pdf"].content)
    assert "문학" in "".join(sheet.get_textpage().get_text_range() for sheet in pdf)


def test_visits_are_entered_by_hand(door: Door) -> None:
    door.send("reporting_visits_add", day="2026-03-03", number="80", _save="Save")
    door.send("reporting_visits_add", day="2026-03-03", number="90", _save="Save")
    assert row(page(door, REPORT), "months", "March 2026")[-1] == "215"


def test_a_second_number_of_a_day_is_said_to_replace_the_first(door: Door) -> None:
    first = door.send("reporting_visits_add", day="2026-03-03", number="1080")
    second = door.send("reporting_visits_add", day="2026-03-03", number="90")
    replaced = "Replaced: March 3, 2026 has 90 visitors; it had 1,080."
    assert [("was added" in one, replaced in one) for one in (first, second)] == [(True, False), (False, True)]


def test_more_visitors_of_a_day_than_can_be_are_a_slip(door: Door) -> None:
    page = door.send("reporting_visits_add", day="2026-03-03", number="99999999999")
    assert "less than or equal to 10000000" in page
    assert not Visits.objects.filter(day=date(2026, 3, 3)).exists()
