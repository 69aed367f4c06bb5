"""A stocktaking in the catalogue: what is expected, what each copy turns out to be, and what is kept at the end."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from catalog.models import Copy, CopyType, Scan, Stocktaking
from catalog.services import withdraw_copy
from catalog.stocktaking import queries
from catalog.stocktaking.queries import results_to_act_on
from catalog.stocktaking.refusals import NotGoingOn, NothingExpected
from catalog.stocktaking.services import end_stocktaking, resume_stocktaking, settle_scans, stop_stocktaking
from lending.checkout.services import borrow_book
from lending.marks.rules import Mark
from lending.marks.services import mark_copy
from lending.returns.services import return_copy
from tests.admin.door import a_patron
from tests.bus import Bus
from tests.catalog.stocktaking.shelves import ADA, BO, a_stocktaking, on_lists, read, shelve

pytestmark = pytest.mark.django_db


def test_the_scope_is_marks_rooms_types_call_numbers_and_states(bus: Bus) -> None:
    dvd = CopyType.objects.create(code="dvd", name_ko="디브이디", name_en="DVD")
    shelve("C1", "813.8 김64ㅅ", shelving_mark="아동", room="어린이실")
    shelve("C2", "813.9 나12ㄱ", shelving_mark="아동", room="어린이실", type=dvd.pk)
    shelve("A1", "813.7 박94ㄴ", room="종합실")
    shelve("A2", "820 이11ㅇ", room="종합실")
    lost = shelve("A3", "820 이12ㅇ", room="종합실")
    shelve("X1")
    bus.settle()
    mark_copy(lost.pk, mark=Mark.LOST, now=timezone.now())
    bus.settle()
    for scope, expected in (
        ({}, 5),
        ({"shelving_marks": ["아동"]}, 2),
        ({"shelving_marks": [""], "rooms": ["종합실"]}, 2),
        ({"types": ["dvd"]}, 1),
        ({"first_call_number": "813", "last_call_number": "813"}, 3),
        ({"first_call_number": "813.8"}, 3),
        ({"last_call_number": "813.8 김64"}, 2),
        ({"rooms": ["종합실"], "states": ("shelf", "lost")}, 3),
    ):
        assert a_stocktaking(**scope).expected == expected, scope
    with pytest.raises(NothingExpected):
        a_stocktaking(rooms=["서고"])
    assert not Stocktaking.objects.filter(expected=0).exists()


def test_the_list_of_very_many_that_nobody_scanned_goes_by_call_number(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    for barcode, call_number, room in (("A1", "900 김1", "가"), ("B1", "100 김1", "나"), ("B2", "", "나")):
        shelve(barcode, call_number, room=room)
    one = a_stocktaking()
    assert on_lists(one) == {"missing": ["A1", "B2", "B1"]}
    monkeypatch.setattr(queries, "MOST_SORTED", 2)
    assert on_lists(one) == {"missing": ["B2", "B1", "A1"]}
    read(one, "B1")
    assert on_lists(one) == {"missing": ["A1", "B2"]}


def test_each_copy_turns_out_to_be_what_it_is(bus: Bus) -> None:
    haneul = a_patron()
    shelves = {
        name: shelve(name, "813.7 김64ㅅ", room="종합실") for name in ("OK", "LENT", "LOST", "GONE", "REPAIR", "REST")
    }
    shelve("OTHER", "813.8 김64ㅅ", room="어린이실")
    bus.settle()
    now = timezone.now()
    borrow_book(patron_id=haneul.pk, book_id=shelves["LENT"].book_id, barcode="LENT", now=now)
    mark_copy(shelves["LOST"].pk, mark=Mark.LOST, now=now)
    mark_copy(shelves["REPAIR"].pk, mark=Mark.IN_REPAIR, now=now)
    withdraw_copy(shelves["GONE"].pk, now=now)
    bus.settle()
    one = a_stocktaking(rooms=["종합실"])
    assert one.expected == 2
    read(one, "ok", "LENT", "LOST", "GONE", "REPAIR", "OTHER", "NOBODY", "nobody")
    assert on_lists(one) == {
        "missing": ["REST"],
        "misplaced": ["OTHER"],
        "on_loan": ["LENT"],
        "found": ["LOST"],
        "elsewhere": ["REPAIR"],
        "withdrawn": ["GONE"],
        "unknown": ["NOBODY"],
    }
    assert (one.met, one.scanned) == (1, 7)
    assert results_to_act_on(one) == dict.fromkeys(on_lists(one), 1)

    return_copy("LENT", now=now)
    mark_copy(shelves["LOST"].pk, mark=Mark.FOUND, now=now)
    bus.settle()
    ids = dict(Scan.objects.values_list("barcode", "pk"))
    assert settle_scans(one.pk, scans=[ids["NOBODY"]], by=BO, now=now) == 1
    assert settle_scans(one.pk, scans=[ids["NOBODY"]], by=ADA, now=now) == 0
    settle_scans(one.pk, scans=[ids["OTHER"]], by=BO, now=now)
    assert on_lists(one)["misplaced"] == ["OTHER"]
    settle_scans(one.pk, scans=[ids["OTHER"]], by=BO, now=now, of="place")
    assert {*on_lists(one)} == {"missing", "elsewhere", "withdrawn"}


def test_a_copy_that_comes_to_its_shelf_meanwhile_is_not_missing(bus: Bus) -> None:
    haneul = a_patron()
    late, out = shelve("LATE"), shelve("OUT")
    shelve("REST")
    bus.settle()
    borrow_book(patron_id=haneul.pk, book_id=late.book_id, now=timezone.now())
    bus.settle()
    one = a_stocktaking()
    assert one.expected == 2
    later = timezone.now() + timedelta(minutes=5)
    return_copy("LATE", now=later)
    borrow_book(patron_id=haneul.pk, book_id=out.book_id, now=later)
    return_copy("OUT", now=later)
    bus.settle()
    shelve("NEW")
    Copy.objects.filter(barcode="NEW").update(added_at=later)
    assert on_lists(one) == {"missing": ["REST"]}


def test_who_reads_a_copy_first_has_it_and_it_counts_once(bus: Bus) -> None:
    shelve("A1")
    one = a_stocktaking()
    read(one, "A1", by=ADA, key="k1")
    again = read(one, "a1", by=BO, key="k2")
    (scan, is_repeated) = again.scans[0]
    assert (scan.by, scan.key, is_repeated) == (ADA, "k1", True)
    assert (again.stocktaking.met, again.stocktaking.scanned) == (1, 1)
    with pytest.raises(IntegrityError, match=r"one_scan_per_copy|catalog_scan"):
        Scan.objects.create(stocktaking=one, copy=scan.copy, barcode="A1", at=timezone.now())


def test_what_stands_out_of_order_is_seen_a_few_copies_later_and_the_last_ones_at_the_end(bus: Bus) -> None:
    for number in range(1, 10):
        shelve(f"A{number}", f"81{number} 김{number}1ㅅ")
    one = a_stocktaking()
    seen = read(one, "A1", "A2", "A9", "A3", "A4", "A5", by=ADA, stretch="hers")
    read(one, "A8", by=BO, stretch="his")
    assert [scan.barcode for scan in seen.out_of_order] == []
    seen = read(one, "A6", stretch="hers")
    assert [scan.barcode for scan in seen.out_of_order] == ["A9"]
    assert on_lists(one)["misplaced"] == ["A9"]
    assert not read(one, "A7", stretch="hers").out_of_order
    two = a_stocktaking()
    read(two, "A1", "A2", "A9", "A3", "A4")
    end_stocktaking(two.pk, by=ADA, now=timezone.now())
    assert on_lists(two)["misplaced"] == ["A9"]


def test_it_stops_goes_on_and_ends_once_with_a_report_that_stays(bus: Bus) -> None:
    found = shelve("A1")
    shelve("A2")
    one, now = a_stocktaking(), timezone.now()
    stop_stocktaking(one.pk, now=now)
    with pytest.raises(NotGoingOn):
        read(one, "A1")
    resume_stocktaking(one.pk, now=now)
    with pytest.raises(NotGoingOn):
        resume_stocktaking(one.pk, now=now)
    end_stocktaking(one.pk, by=ADA, now=now)
    for again in (lambda: read(one, "A1"), lambda: end_stocktaking(one.pk, by=ADA, now=now)):
        with pytest.raises(NotGoingOn):
            again()
    one.refresh_from_db()
    assert (one.expected, one.met, one.missing, one.ended_by) == (2, 0, 2, ADA)
    assert on_lists(one) == {"missing": ["A1", "A2"]}
    mark_copy(found.pk, mark=Mark.MISSING, now=now)
    bus.settle()
    assert on_lists(one) == {"missing": ["A2"]}
    one.refresh_from_db()
    assert one.missing == 2
