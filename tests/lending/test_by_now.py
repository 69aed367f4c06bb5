"""Between midnight and the sweep: what is shown of holds and of the shelf is what a loan would find."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lending.checkout.preview import preview_of
from lending.holds.by_now.stock import copies_by_now, stock_by_now, stock_by_volume
from lending.in_force import blocks_on, hold_status_on, is_block_on, suspended_on, waiting_on
from lending.models import Block, Copy, Hold
from lending.stock.availability import Stock
from tests.admin.door import a_librarian as at_the_admin
from tests.factories import SEOUL, Town, refusal, seoul
from tests.lending.queueing import hold, others
from tests.opac.conftest import speaking
from tests.people import Person, a_patron

MIDNIGHT = seoul(3, 5, 0, 20)
Bar = Callable[[Town, dict[str, Any]], None]


def blocked(town: Town, _placed: dict[str, Any]) -> None:
    """Haneul is, to 4 March."""
    town.librarian.post(f"patrons/{town.haneul.id}/blocks", {"reason": "소란", "until": "2026-03-04"})


def lets_others_pass(town: Town, placed: dict[str, Any]) -> None:
    """Haneul does, to 4 March."""
    town.haneul.post(f"holds/{placed['id']}/suspend", {"until": "2026-03-04"})


BARS: list[Bar] = [blocked, lets_others_pass]


def barred(town: Town, bar: Bar, copies: int = 1) -> tuple[int, Person]:
    """A book whose copies stand on the shelf, since the only one who waits was barred to 4 March; and somebody else."""
    book = town.book(copies=copies)
    loan, placed = town.take(town.jo, book, copies), hold(town.haneul, book)
    bar(town, placed)
    town.give_back(town.jo, loan)
    assert town.available(book) == copies
    other = a_patron("P-2000")
    town.moves_to(MIDNIGHT)
    other.sign_in()
    return book, other


def tried(person: Person, wanted: dict[str, Any]) -> dict[str, Any]:
    """What a loan would come to."""
    return dict(person.post("loans?dry_run=true", wanted).json())


def codes(answer: dict[str, Any]) -> list[str]:
    """The reasons of a dry run."""
    return [one["code"] for one in answer["reasons"]]


@pytest.mark.parametrize("bar", BARS)
def test_stock_is_without_what_somebody_may_have_since_midnight(town: Town, bar: Bar) -> None:
    book, _other = barred(town, bar, copies=2)
    today = timezone.localdate()
    assert town.available(book) == 1
    assert stock_by_now([book], today) == {book: Stock(available=1, total=2, for_loan=2)}
    assert sorted(one.place for one in copies_by_now(book, today)) == ["shelf", "to_pull"]
    assert set(Copy.objects.values_list("place", flat=True)) == {"shelf"}, "it was only looked at"
    assert stock_by_now([book], today - timedelta(days=1))[book].available == 2, "while the bar lasted"


@pytest.mark.parametrize("bar", BARS)
@pytest.mark.parametrize("by", ["book", "barcode"])
def test_a_dry_run_says_what_the_loan_would_say(town: Town, bar: Bar, by: str) -> None:
    book, other = barred(town, bar)
    barcode = Copy.objects.get(book=book).barcode
    wanted = {"book": book} if by == "book" else {"barcode": barcode}
    asked, own = ({**wanted, "patron": one.id} for one in (other, town.haneul))
    against = tried(town.librarian, asked)
    refused = town.librarian.post("loans", asked).json()
    assert codes(against) == [one["code"] for one in refused["reasons"]]
    assert codes(against) == (["out_of_stock", "held_for_another"] if by == "book" else ["held_for_another"])
    assert tried(town.librarian, own)["allowed"]
    assert town.librarian.post("loans", own).status_code == 201


@pytest.mark.parametrize("bar", BARS)
def test_the_site_shows_it_before_the_loan(town: Town, bar: Bar) -> None:
    book, other = barred(town, bar)
    preview = preview_of(book, patron_id=other.id, now=timezone.now())
    assert (preview.copies_available, preview.is_possible) == (0, False)
    assert preview_of(book, patron_id=town.haneul.id, now=timezone.now()).is_possible
    visitor = speaking("en", other.user)
    assert f"/books/{book}/hold" in visitor.see(f"/books/{book}"), "as where none is left"
    assert "Your place would be" in visitor.see(f"/books/{book}/hold")


def test_of_two_copies_the_other_one_is_offered(town: Town) -> None:
    book, other = barred(town, blocked, copies=2)
    preview = preview_of(book, patron_id=other.id, now=timezone.now())
    assert (preview.copies_available, preview.is_possible) == (1, True)
    assert tried(other, {"book": book})["allowed"]
    assert codes(tried(other, {"book": book, "quantity": 2})) == ["out_of_stock"]


@pytest.mark.parametrize("bar", BARS)
def test_a_copy_that_is_somebody_elses_since_midnight_is_no_reason_against_a_hold(town: Town, bar: Bar) -> None:
    book, other = barred(town, bar)
    assert hold(other, book)["position"] == 2
    assert Copy.objects.get(book=book).place == "to_pull"


def test_a_copy_beside_it_is(town: Town) -> None:
    book, other = barred(town, blocked, copies=2)
    assert refusal(other.post("holds", {"book": book})) == (409, "copy_available")


def test_the_stock_of_each_volume(town: Town) -> None:
    book = town.book(copies=2)
    for number, copy in enumerate(town.copy_ids(book), start=1):
        town.librarian.patch(f"copies/{copy}", {"volume": str(number)})
    town.bus.settle()
    loan = town.jo.post("loans", {"book": book, "volume": "1"}).json()
    hold(town.haneul, book, volume="1")
    blocked(town, {})
    town.give_back(town.jo, loan)
    for day, left in [(4, 1), (5, 0)]:
        found = stock_by_volume(book, date(2026, 3, day))
        assert (found["copies_total"], found["copies_available"]) == (2, left + 1)
        assert [(one["volume"], one["copies_available"]) for one in found["volumes"]] == [("1", left), ("2", 1)]


def test_a_copy_that_is_to_be_pulled_already_is_not_counted_twice(town: Town) -> None:
    book, sora = town.book(copies=2), others(1)[0]
    loan, placed = town.take(town.jo, book, 2), hold(town.haneul, book)
    hold(sora, book)
    lets_others_pass(town, placed)
    town.give_back(town.jo, loan)
    assert town.available(book) == 1
    town.moves_to(MIDNIGHT)
    assert town.available(book) == 0


def test_a_loan_is_not_renewed_while_more_wait_than_have_a_copy_by_now(town: Town) -> None:
    book, people = town.book(copies=2), others(2)
    loan = town.take(town.jo, book, 2)
    for person in people:
        hold(person, book)
        town.librarian.post(f"patrons/{person.id}/blocks", {"reason": "소란", "until": "2026-03-04"})
    town.give_back(town.jo, loan, 1)
    assert town.available(book) == 1
    town.moves_to(MIDNIGHT)
    answer = town.jo.post(f"loans/{loan['id']}/renew")
    assert (answer.status_code, answer.json()["reasons"][0]["code"]) == (409, "others_wait")
    town.librarian.post(f"holds/{Hold.objects.first().pk}/cancel")  # type: ignore[union-attr]
    assert town.jo.post(f"loans/{loan['id']}/renew").status_code == 200


def test_where_copies_stay_though_others_wait_it_costs_a_statement(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.take(town.jo, book, 2)
    hold(town.haneul, book)
    town.give_back(town.jo, loan)
    assert Hold.objects.get().status == "ready"
    with CaptureQueriesContext(connection) as asked:
        assert stock_by_now([book], timezone.localdate())[book].available == 1
    assert len(asked) == 2


def test_the_staff_side_has_the_status_of_the_day(town: Town) -> None:
    book = town.book()
    town.take(town.jo, book)
    lets_others_pass(town, hold(town.haneul, book))
    placed = Hold.objects.get()
    for moment, status, other in [(seoul(3, 4, 23, 59), "suspended", "waiting"), (MIDNIGHT, "waiting", "suspended")]:
        town.moves_to(moment)
        door = at_the_admin(f"L-72{moment.day:02}")
        assert f'field-status_today">{status}<' in door.see("lending_hold_changelist")
        assert f'field-status_today">{status}<' in door.see("lending_hold_changelist", status__exact=status)
        assert "field-status_today" not in door.see("lending_hold_changelist", status__exact=other)
        page, queue = door.see("lending_hold_change", placed.pk), door.see("lending_hold_queue", book)
        assert (f">{status}<" in page, f">{other}<" in page) == (True, False)
        assert ("March 4, 2026" in page, "March 4, 2026" in queue) == (status == "suspended",) * 2
        assert (f"<td>{status}" in queue, f"<td>{other}" in queue) == (True, False)


DAYS = [None, *(date(2026, 3, day) for day in (3, 4, 5))]


@pytest.mark.parametrize("day", DAYS[1:])
def test_rows_and_the_database_agree_on_a_day(town: Town, day: date) -> None:
    book = town.book()
    for number, until in enumerate(DAYS):
        for status in ("waiting", "suspended"):
            facts = {"patron_id": 10_000 + number, "volume": status, "book_id": book, "status": status}
            last = until if status == "suspended" else None
            Hold.objects.create(**facts, title="역마", place=number, placed_at=timezone.now(), suspended_until=last)
        for lifted in (None, datetime(2026, 3, 3, tzinfo=SEOUL)):
            about = {"patron_id": 10_000 + number, "kind": "manual", "reason": "소란", "since": date(2026, 3, 1)}
            Block.objects.create(**about, until=until, lifted_at=lifted, made_at=timezone.now())
    found = {one.pk: hold_status_on(one.status, one.suspended_until, day) for one in Hold.objects.all()}
    for status, condition in [("waiting", waiting_on(day)), ("suspended", suspended_on(day))]:
        ids = set(Hold.objects.filter(condition).values_list("pk", flat=True))
        assert ids == {pk for pk, one in found.items() if one == status}
    blocks = {
        one.pk for one in Block.objects.all() if is_block_on(is_lifted=bool(one.lifted_at), until=one.until, day=day)
    }
    assert set(Block.objects.filter(blocks_on(day)).values_list("pk", flat=True)) == blocks
    assert 0 < len(blocks) < Block.objects.count()
