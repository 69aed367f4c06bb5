"""The copies that a file brings: types, older numbers, and what `--overwrite` does to those that are here."""

from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.models import Book, Copy, CopyType, TypeRule
from catalog.services import add_copies, register_book, revise_copy, withdraw_copy
from kernel.labels.models import NumberRule
from kernel.labels.rules import forget_rules
from tests.catalog.importing.runs import Ran, a_record, imported, shelf

pytestmark = pytest.mark.django_db(databases="__all__")

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def brought(barcode: str, title: str = "바람의 길", number: str = "1", **fields: Any) -> Ran:
    """An import of a book with one copy; `overwrite` is the import's."""
    options = {"overwrite": fields.pop("overwrite", False)}
    record = a_record(title, number, barcode)
    for name, value in fields.items():
        setattr(record.copies[0], name, value)
    return imported(record, **options)


def type_of(barcode: str) -> str | None:
    return Copy.objects.get(barcode=barcode).type_id


@pytest.fixture
def types() -> None:
    """Three types, and a table that gives them to marks, letters, rooms and types of files."""
    for code in ("dvd", "reference", "children"):
        CopyType.objects.create(code=code, name_ko=code, name_en=code)
    rules = [
        ("shelving_mark", "아동", "children"),
        ("prefix", "AV", "dvd"),
        ("room", "참고실", "reference"),
        ("source_type", "REF", "reference"),
    ]
    for by, value, code in rules:
        TypeRule.objects.create(by=by, value=value, type_id=code)


@pytest.mark.parametrize(
    ("barcode", "fields", "expected"),
    [
        ("AV0001", {"shelving_mark": "아동", "room": "참고실", "type_code": "REF"}, "children"),
        ("av0001", {"room": "참고실", "type_code": "REF"}, "dvd"),
        ("EM0001", {"room": "참고실", "type_code": "dvd"}, "reference"),
        ("EM0001", {"type_code": "ref"}, "reference"),
        ("EM0001", {"type_code": "DVD"}, "dvd"),
        ("EM0001", {"type_code": "BK"}, None),
    ],
)
@pytest.mark.usefixtures("types")
def test_the_first_sign_that_the_table_knows_says_the_type(
    barcode: str, fields: dict[str, str], expected: str | None
) -> None:
    brought(barcode, **fields)

    assert type_of(barcode) == expected


@pytest.mark.usefixtures("types")
def test_a_new_row_of_the_table_reaches_copies_that_are_here_only_where_the_file_is_right() -> None:
    brought("EM0001", type_code="BK")
    TypeRule.objects.create(by="source_type", value="BK", type_id="children")

    brought("EM0001", type_code="BK")
    assert type_of("EM0001") is None

    brought("EM0001", type_code="BK", overwrite=True)
    assert type_of("EM0001") == "children"


def test_what_a_file_does_not_say_of_a_copy_is_not_overwritten() -> None:
    brought("EM0001", price=15000, room="일반자료실")
    revise_copy(Copy.objects.get().pk, now=NOW, price=16000)

    brought("EM0001", room="아동자료실", overwrite=True)

    copy = Copy.objects.get()
    assert (copy.price, copy.room) == (16000, "아동자료실")


def test_a_barcode_in_a_file_is_read_by_the_rules_for_older_numbers() -> None:
    NumberRule.objects.create(kind=NumberRule.Kind.BARCODE, digits=7, code="EM", length=12)
    forget_rules()

    brought("1234567")

    assert shelf() == {"바람의 길": ["EM0001234567"]}


def test_a_withdrawn_copy_stays_withdrawn_and_its_barcode_is_free_for_another_book() -> None:
    brought("EM0001")
    withdraw_copy(Copy.objects.get().pk, now=NOW)

    assert brought("EM0001").figures == (0, 0, 1, 0, 0)
    assert shelf() == {"바람의 길": []}

    brought("EM0001", title="회계 원리", number="2")
    assert shelf() == {"바람의 길": [], "회계 원리": ["EM0001"]}


def test_undoing_takes_a_book_back_that_was_corrected_and_got_more_copies() -> None:
    register_book(now=NOW, title="긴 강")
    ran = brought("EM0001")
    add_copies(Book.objects.get(title="바람의 길").pk, now=NOW, count=1)

    assert ran.undo() == []
    assert shelf() == {"긴 강": []}
