"""The lists about holds, and the queues of volumes, where the plain ones do not tell enough."""

import re
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from lending.models import Copy, Hold
from tests.admin.door import Door, a_librarian
from tests.factories import Town
from tests.lending.queueing import hold, not_collected_in_time, others, scanned


def rows(door: Door, name: str) -> list[list[str]]:
    """What stands in a list to work from, as its file has it."""
    answer = door.get(f"/admin/desk/lists/{name}/", {"as": "csv"})
    assert answer.status_code == 200, answer.status_code
    assert door.get(f"/admin/desk/lists/{name}/").status_code == 200
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return [line.split(",") for line in text.decode("utf-8-sig").splitlines()[1:]]


def test_who_was_erased_since_is_nobody_in_the_list(town: Town) -> None:
    _book, loan, first = not_collected_in_time(town)
    call_command("expire_holds")
    assert town.librarian.post(f"patrons/{first.id}/erase", {"reason": "탈퇴"}).status_code == 200
    town.bus.settle()
    (row,) = rows(a_librarian(), "expired")
    assert row[2:] == [loan["copies"][0]["barcode"], "", ""]


def test_a_copy_that_stood_ready_for_who_took_another_is_to_be_cleared(town: Town) -> None:
    book = town.book(copies=2)
    one, two = town.take(town.jo, book, 2)["copies"]
    hold(town.haneul, book)
    for copy in (one, two):
        scanned(town, copy)
    wanted = {"patron": town.haneul.id, "barcode": two["barcode"]}
    assert town.librarian.post("loans", wanted).status_code == 201
    assert Copy.objects.get(pk=one["id"]).place == "shelf"
    (row,) = rows(a_librarian(), "clear")
    assert row[1:3] == [one["barcode"], "collected"]


def test_who_took_the_copy_that_stood_ready_left_none(town: Town) -> None:
    book = town.book()
    loan = town.take(town.jo, book)
    hold(town.haneul, book)
    town.give_back(town.jo, loan)
    town.give_back(town.haneul, town.take(town.haneul, book))
    assert Hold.objects.get().status == "collected"
    assert rows(a_librarian(), "clear") == []


def test_what_was_lent_since_stands_on_its_own_shelf(town: Town) -> None:
    book, loan, first = not_collected_in_time(town)
    second = Hold.objects.exclude(patron=first.id).get()
    assert town.librarian.post(f"holds/{second.pk}/cancel").status_code == 200
    call_command("expire_holds")
    door, barcode = a_librarian(), loan["copies"][0]["barcode"]
    assert [row[1] for row in rows(door, "clear")] == [barcode]
    town.clock.move_to(timezone.now() + timedelta(minutes=5))
    town.give_back(town.jo, town.take(town.jo, book))
    assert Copy.objects.get(barcode=barcode).place == "shelf"
    assert rows(door, "clear") == []


def told(town: Town, book: int) -> dict[int, int]:
    """The positions of holds on a book, as the API has them."""
    found = town.librarian.get(f"holds?book={book}").json()["results"]
    return {one["id"]: one["position"] for one in found}


def shown(page: str) -> dict[int, int]:
    """The same by the page of a queue."""
    found = re.findall(r'<tr id="hold-(\d+)">\s*<td>(\d+)</td>', page)
    return {int(one): int(position) for one, position in found}


def test_positions_where_some_take_any_volume_are_those_of_the_own_queue(town: Town) -> None:
    book, people = town.book(), others(5)
    town.take(town.jo, book)
    any_volume = hold(people[0], book)
    town.librarian.patch(f"copies/{town.copy_ids(book)[0]}", {"volume": "1"})
    town.librarian.post(f"books/{book}/copies", {"barcodes": ["EM2"], "volume": "2"})
    town.bus.settle()
    assert town.librarian.post(f"holds/{any_volume['id']}/cancel").status_code == 200
    named = [hold(one, book, volume="1") for one in people[:3]]
    town.librarian.post("loans", {"patron": town.jo.id, "barcode": "EM2"})
    Hold.objects.filter(pk=named[2]["id"]).update(volume="")
    last = hold(people[3], book, volume="2")
    assert told(town, book) | {any_volume["id"]: 0} == {
        any_volume["id"]: 0, named[0]["id"]: 1, named[1]["id"]: 2, named[2]["id"]: 3, last["id"]: 2,
    }  # fmt: skip
    door = a_librarian()
    assert "all volumes" in door.see("lending_hold_queue", book)
    for volume, ids in [("", {*told(town, book)} - {any_volume["id"]}), ("2", {named[2]["id"], last["id"]})]:
        page = shown(door.see("lending_hold_queue", book, volume=volume))
        assert page == {one: position for one, position in told(town, book).items() if one in ids}
    row = door.see("lending_hold_queue", book).partition(f'id="hold-{last["id"]}"')[2]
    (up,) = re.findall(r'name="position" value="(\d+)" aria-label="Move [^"]* up"', row)
    door.send("lending_hold_queue", book, hold=last["id"], position=up)
    assert (told(town, book)[last["id"]], told(town, book)[named[2]["id"]]) == (1, 4)
