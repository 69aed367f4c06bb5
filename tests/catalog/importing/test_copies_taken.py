"""Copies that files bring: their types, how many, and what becomes of them when the file comes again."""

from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.importing.records import IncomingBook, IncomingCopy
from catalog.models import Book, Copy, CopyType, TypeRule
from catalog.services import revise_copy, withdraw_copy
from lending.models import Copy as LentCopy
from tests.bus import Bus
from tests.catalog.importing.runs import a_record, imported

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def a_book(*copies: IncomingCopy, number: str = "1", **fields: Any) -> IncomingBook:
    """A record with these copies."""
    record = a_record("느티나무 아래", number, **fields)
    record.copies = [*copies]
    return record


@pytest.fixture
def types() -> None:
    """A librarian's table: marks, letters, rooms and another system's types, and the types that they mean."""
    for code in ("child", "reference", "disc", "journal"):
        CopyType.objects.create(code=code, name_ko=code, name_en=code)
    for by, value, code in [
        ("shelving_mark", "아동", "child"),
        ("shelving_mark", "R", "reference"),
        ("prefix", "DV", "disc"),
        ("room", "디지털자료실", "disc"),
        ("source_type", "PER", "journal"),
    ]:
        TypeRule.objects.create(by=by, value=value, type_id=code)


@pytest.mark.usefixtures("types")
@pytest.mark.parametrize(
    ("copy", "code"),
    [
        ({"shelving_mark": "아동"}, "child"),
        ({"shelving_mark": "r"}, "reference"),
        ({"barcode": "DV0000000001"}, "disc"),
        ({"barcode": "dv0000000001"}, "disc"),
        ({"room": "디지털자료실"}, "disc"),
        ({"type_code": "PER"}, "journal"),
        ({"shelving_mark": "R", "barcode": "DV0000000001", "room": "디지털자료실", "type_code": "PER"}, "reference"),
        ({"barcode": "DV0000000001", "type_code": "PER"}, "disc"),
        ({"shelving_mark": "청", "room": "종합자료실"}, None),
    ],
)
def test_a_copy_gets_the_type_that_the_table_has_for_it(bus: Bus, copy: dict[str, str], code: str | None) -> None:
    imported(a_book(IncomingCopy(**{"barcode": "EM0000000001", **copy})))
    bus.settle()

    made = Copy.objects.get()
    assert made.type_id == code
    assert LentCopy.objects.get(pk=made.pk).type == (code or "")


def test_a_copy_has_all_that_its_file_says() -> None:
    copy = IncomingCopy(
        barcode="EM1", volume="2", copy_number="c.3", shelving_mark="청", room="종합자료실", price=15_000, items=["CD"],
        for_loan=False, registered_on=datetime(1999, 5, 4, tzinfo=UTC).date(),
    )  # fmt: skip
    imported(a_book(copy))

    made = Copy.objects.get()
    assert (made.volume, made.copy_number, made.shelving_mark, made.room) == ("2", "c.3", "청", "종합자료실")
    assert (made.price, made.items, made.for_loan) == (15_000, ["CD"], False)
    assert made.added_at.date().isoformat() == "1999-05-04"


def test_copies_without_barcodes_are_a_number_that_may_grow() -> None:
    two, three = [IncomingCopy()] * 2, [IncomingCopy()] * 3
    imported(a_book(*two))
    imported(a_book(*two))
    assert Copy.objects.count() == 2

    imported(a_book(*three))
    imported(a_book(*three))
    assert Copy.objects.count() == 3
    assert len(set(Copy.objects.values_list("barcode", flat=True))) == 3


def test_another_list_does_not_count_the_same_copies_again() -> None:
    imported(a_book(IncomingCopy(barcode="EM1"), IncomingCopy(barcode="EM2")))

    imported(a_book(IncomingCopy(), IncomingCopy(), number=""), file_name="list.csv", digest="e" * 64)

    assert set(Copy.objects.values_list("barcode", flat=True)) == {"EM1", "EM2"}


def test_a_withdrawn_copy_stays_withdrawn_and_a_corrected_one_corrected() -> None:
    imported(a_book(IncomingCopy(barcode="EM1", volume="1"), IncomingCopy(barcode="EM2")))
    revise_copy(Copy.objects.get(barcode="EM1").pk, now=NOW, volume="2")
    withdraw_copy(Copy.objects.get(barcode="EM2").pk, now=NOW)

    imported(a_book(IncomingCopy(barcode="EM1", volume="1"), IncomingCopy(barcode="EM2")))

    assert list(Copy.objects.filter(withdrawn_at=None).values_list("barcode", "volume")) == [("EM1", "2")]


def test_overwriting_follows_the_file_and_lending_hears(bus: Bus) -> None:
    imported(a_book(IncomingCopy(barcode="EM1", volume="1")))
    copy = Copy.objects.get()
    revise_copy(copy.pk, now=NOW, for_loan=False)
    bus.settle()
    assert not LentCopy.objects.get(pk=copy.pk).for_loan

    imported(a_book(IncomingCopy(barcode="EM1", volume="2")), overwrite=True)
    bus.settle()

    copy.refresh_from_db()
    assert (copy.volume, copy.for_loan, LentCopy.objects.get(pk=copy.pk).for_loan) == ("2", True, True)


def test_a_barcode_that_no_label_holds_costs_its_copy_alone() -> None:
    ran = imported(a_book(IncomingCopy(barcode="E" * 40), IncomingCopy(barcode="EM2")))

    assert (ran.figures[0], [reason for reason, _detail in ran.told]) == (1, ["barcode_unusable"])
    assert Copy.objects.get().barcode == "EM2"


def test_books_without_copies_get_as_many_as_wanted_and_only_when_they_are_new() -> None:
    imported(a_record("소나기", "7"), copies=2)
    imported(a_record("소나기", "7"), copies=2)
    assert Book.objects.get().copies.count() == 2
