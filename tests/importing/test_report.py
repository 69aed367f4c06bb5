"""The report of an import says what happened, in the reader's language, and harms no spreadsheet."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.importing.kind import BOOKS
from catalog.models import Book
from kernel.importing.models import Doubt, Entry
from kernel.importing.report import COLUMNS, Report
from tests.every_order import undone
from tests.importing.importing import counts, taken_in
from tests.importing.titles import TITLES

pytestmark = pytest.mark.django_db


def test_the_report_is_json_that_adds_up() -> None:
    run = taken_in("토지", "Emma", "토지", "!zzz", "?Emma")
    document = json.loads("".join(Report(run, TITLES).as_json()))
    figures = [document[name] for name in ("read", "added", "updated", "unchanged", "skipped", "doubts")]
    assert figures == list(counts(run)) == [5, 2, 0, 1, 1, 1]
    assert document["skipped_why"] == {"unreadable": 1}
    assert document["records"] == [
        {"number": 4, "row": None, "label": "zzz", "outcome": "skipped", "reason": "unreadable",
         "sentence": "the record can't be read", "detail": "!zzz"},
        {"number": 5, "row": None, "label": "?Emma", "outcome": "doubt", "reason": "in_doubt",
         "sentence": "it may be a book that is here already: decide on the page of doubts", "detail": ""},
    ]  # fmt: skip


def test_the_report_of_nothing_odd_is_json_too() -> None:
    assert json.loads("".join(Report(taken_in("토지"), TITLES).as_json()))["records"] == []


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_begins_a_formula(beginning: str) -> None:
    run = taken_in("a")
    Entry.objects.using(run._state.db).create(run_id=run.pk, number=1, label=f"{beginning}HYPERLINK()", outcome="noted")
    text = "".join(Report(run, TITLES).as_csv())
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert row["label"] == f"'{beginning}HYPERLINK()"
    assert list(row) == list(COLUMNS)


def test_the_table_says_that_it_is_utf_8_and_speaks_the_readers_language(tmp_path: Path) -> None:
    run = taken_in("!토지")
    with translation.override("ko"):
        Report(run, TITLES).write(tmp_path / "report.csv")
    written = (tmp_path / "report.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    assert "레코드를 읽을 수 없습니다" in written.decode()


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("title, copies", "제목, 소장본"),
        ("title: 토지", "제목: 토지"),
        ("copies, 3 of them", "copies, 3 of them"),
        ("", ""),
    ],
)
def test_details_name_fields_as_people_call_them(detail: str, told: str) -> None:
    report = Report(taken_in("토지"), BOOKS)
    with translation.override("ko"):
        assert report.detail(Entry(detail=detail)) == told


def test_what_is_skipped_for_good_is_not_lost() -> None:
    run = taken_in("토지", "!a", "?토지")
    assert Report(run, TITLES).lost == 2
    skipped = Entry.objects.using(run._state.db).filter(outcome="skipped")
    for reason in ("duplicate", "total_row"):
        assert skipped.update(reason=reason) == 1
        assert Report(run, TITLES).lost == 1


LINES = st.lists(st.builds(str.__add__, st.sampled_from(["", "", "!", "?", "="]), st.sampled_from("abcd")), max_size=12)


@settings(max_examples=25)
@given(LINES)
def test_whatever_comes_the_counts_are_what_happened(lines: list[str]) -> None:
    with undone():
        before = Book.objects.count()
        run = taken_in(*lines)
        read, added, updated, unchanged, skipped, doubts = counts(run)
        assert read == len(lines) == added + updated + unchanged + skipped + doubts
        assert Book.objects.count() == before + added
        assert Doubt.objects.using(run._state.db).filter(run=run.pk).count() == doubts
        outcomes = [entry.outcome for entry in Report(run, TITLES).entries()]
        assert [outcomes.count(name) for name in ("skipped", "doubt", "updated")] == [skipped, doubts, updated]
