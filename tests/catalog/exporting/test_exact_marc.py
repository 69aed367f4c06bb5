"""Values that look like the punctuation, the years or the codes of MARC come back as they were, in every form."""

import io
from datetime import UTC, datetime

import pytest
from pymarc import Field, Indicators, Subfield, record_to_xml

from catalog.exporting.holdings import Holding
from catalog.exporting.marc import KORMARC, MARC21, marc_records, transmitted
from catalog.importing.marc.iso2709 import marc_records as read_marc
from catalog.importing.marc.marcxml import marcxml_records as read_marcxml
from catalog.importing.records import IncomingBook
from catalog.models import Book, Copy

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
FLAVOURS = pytest.mark.parametrize("flavour", [KORMARC, MARC21])


def read_back(book: Book, flavour: str, *copies: Copy) -> list[IncomingBook]:
    """The book as it is read from both forms of its file."""
    holding = Holding(book, copies, "")
    xml = b"".join(record_to_xml(record, namespace=True) for record in marc_records(holding, flavour))
    files = io.BytesIO(transmitted(holding, flavour)), io.BytesIO(b"<collection>" + xml + b"</collection>")
    return [*read_marc(files[0]), *read_marcxml(files[1])]


def a_book(**fields: object) -> Book:
    """A book that is not in the database."""
    return Book(**{"pk": 7, "title": "긴 강", "registered_at": NOW} | fields)


@FLAVOURS
@pytest.mark.parametrize("text", ["안녕.", "Mr.", "연필, 지우개 etc.", "그래서,", "누구인가 /", "한국[韓國]", "A; B"])
def test_what_ends_as_isbd_ends_keeps_its_end(flavour: str, text: str) -> None:
    lists = {"authors": ["한느티", text], "subjects": [f"{text} -- 역사", text], "other_titles": [text]}
    texts = {
        "title": text,
        "series": f"{text} ; 2.",
        "publisher": text,
        "call_number": f"813.7 {text}",
        "volume": "상.",
    }
    copy = Copy(barcode="A-1", volume="제2권", room=text, shelving_mark="R.", copy_number="c.", added_at=NOW)

    for read in read_back(a_book(**texts, **lists), flavour, copy):
        assert {name: read.fields[name] for name in (*texts, *lists)} == texts | lists
        [made] = read.copies
        assert (made.volume, made.room, made.shelving_mark, made.copy_number) == ("제2권", text, "R.", "c.")


@FLAVOURS
@pytest.mark.parametrize("year", [1, 868, 999, 2100])
def test_years_before_1000_come_back(flavour: str, year: int) -> None:
    read = read_back(a_book(published_year=year), flavour)

    assert [(one.fields["published_year"], one.notes) for one in read] == [(year, [])] * 2


@FLAVOURS
@pytest.mark.parametrize("tag", ["zh-Hant", "ko-KR", "ko", "zh", "en-GB", "sr-Latn", "x-jeju"])
def test_scripts_and_regions_of_languages_come_back(flavour: str, tag: str) -> None:
    assert [one.fields["language"] for one in read_back(a_book(language=tag), flavour)] == [tag] * 2


@FLAVOURS
def test_paragraphs_come_back(flavour: str) -> None:
    lines = ["첫 문단", "이어서", "", " ".join(["느티나무"] * 1_000), "", "끝."]

    for read in read_back(a_book(description="\n".join(lines)), flavour):
        assert read.fields["description"].splitlines() == lines


@FLAVOURS
@pytest.mark.parametrize("scheme", ["kdc", "ddc", ""])
def test_a_class_of_no_known_scheme_is_none_of_kdc(flavour: str, scheme: str) -> None:
    book = a_book(class_number="813.7", class_scheme=scheme)
    [record] = marc_records(Holding(book, [], ""), flavour)

    assert [one.fields["class_scheme"] for one in read_back(book, flavour)] == [scheme] * 2
    assert [one.fields["class_number"] for one in read_back(book, flavour)] == ["813.7"] * 2
    assert scheme or not record.get_fields("056", "082", "084")


def test_a_record_that_another_system_has_rewritten_is_read_by_isbd() -> None:
    [record] = marc_records(Holding(a_book(title="긴 강 /"), [], ""), MARC21)
    record["245"].add_subfield("c", "한느티.")
    record.add_field(Field("830", Indicators(" ", "0"), [Subfield("a", "마을 이야기.")]))

    [read] = read_marc(io.BytesIO(record.as_marc()))

    assert (read.title, read.fields["series"]) == ("긴 강", "마을 이야기")
