"""Many bring back at the same moment, to two web processes: each copy comes back once, by whoever may bring it."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Group

from lending.models import Copy, Hold, Loan, LoanLine, Return
from library.operations.drift import drift
from tests.bus import Bus
from tests.people import Person, a_librarian, a_patron
from tests.processes import until, web
from tests.stories.test_leaving import Door

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 12
EVERYTHING_NOW = {"LENDING_SLOW": "600", "LENDING_PATIENCE": "600", "LENDING_IN_LINE": "1000"}
"""Nothing is deferred, however busy the machine is."""


@pytest.fixture
def doors(db: None) -> Iterator[tuple[Door, Door]]:
    """Of two web processes at work on one database."""
    here, there = Door(), Door()
    with web(here.port, LOG_LEVEL="ERROR", **EVERYTHING_NOW), web(there.port, LOG_LEVEL="ERROR", **EVERYTHING_NOW):
        until(lambda: here.is_ready() and there.is_ready(), within=120)
        yield here, there


def test_each_copy_comes_back_once_and_goes_to_who_waits_for_it(doors: tuple[Door, Door]) -> None:
    ada, clerk = a_librarian(), a_librarian("L-7002", "Clerk", roles=("desk",))
    people = [a_patron(f"P-73{number:02}", f"이웃 {number}") for number in range(PEOPLE)]
    waiting = a_patron("P-7399", "기다리는 이")
    book, wanted = (ada.post("books", {"title": title, "copies": 6}).json()["id"] for title in ("광장", "토지"))
    Bus().settle()
    loans = [person.post("loans", {"book": (book, wanted)[number % 2]}).json() for number, person in enumerate(people)]
    assert waiting.post("holds", {"book": wanted}).status_code == 201

    def bring(person: Person, loan: int, door: Door) -> tuple[int, str]:
        return door.ask(f"/api/v1/loans/{loan}/return", person.authorization, {"quantity": 1})

    def scan(person: Person, barcode: str, door: Door) -> tuple[int, str]:
        return door.ask("/api/v1/returns", person.authorization, {"barcode": barcode})

    asked = []
    with ThreadPoolExecutor(2 * PEOPLE) as crowd:
        strangers = [crowd.submit(bring, waiting, loan["id"], doors[0]) for loan in loans]
        assert Counter(one.result()[0] for one in strangers) == {404: PEOPLE}
        for number, (person, loan) in enumerate(zip(people, loans, strict=True)):
            here, there = doors[number % 2], doors[1 - number % 2]
            asked.append(crowd.submit(bring, person, loan["id"], here))
            asked.append(crowd.submit(scan, clerk, loan["copies"][0]["barcode"], there))
    answers = [one.result() for one in asked]

    own = [(status, json.loads(said).get("code", "")) for status, said in answers]
    assert Counter(own) == {(200, ""): PEOPLE, (409, "not_on_loan"): PEOPLE}
    assert (Return.objects.count(), LoanLine.objects.filter(ending="").count()) == (PEOPLE, 0)
    assert Loan.objects.filter(status="returned").count() == PEOPLE
    ready = Hold.objects.get(status="ready")
    assert [ready.copy_id] == list(Copy.objects.filter(place="hold_shelf").values_list("pk", flat=True))
    Bus().settle()
    assert list(drift()) == []

    Group.objects.get(name="desk").permissions.clear()
    barcode = loans[0]["copies"][0]["barcode"]
    assert [scan(clerk, barcode, door)[0] for door in doors] == [403, 403]
