"""Who may not borrow any more may not at once, in every web process, also where borrows of a crowd are answered."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User
from lending.models import Loan
from tests.bus import Bus
from tests.people import Person, a_librarian, a_patron
from tests.processes import until, web
from tests.stories.test_leaving import Door

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def doors(db: None) -> Iterator[tuple[Door, Door]]:
    """Of two web processes at work on one database."""
    here, there = Door(), Door()
    with web(here.port, LOG_LEVEL="ERROR"), web(there.port, LOG_LEVEL="ERROR"):
        until(lambda: here.is_ready() and there.is_ready(), within=120)
        yield here, there


def test_a_process_believes_nobody_whom_another_has_sent_away(doors: tuple[Door, Door]) -> None:
    here, there = doors
    ada, many = a_librarian(), [a_patron(f"P-72{number:02}", f"떠난 이 {number}") for number in range(6)]
    book = ada.post("books", {"title": "광장", "copies": 30}).json()["id"]
    Bus().settle()

    def borrow(person: Person, door: Door) -> tuple[int, str]:
        return door.ask("/api/v1/loans", person.authorization, {"book": book})

    def act(path: str, person: Person, body: Any = None) -> None:
        status, said = here.ask(f"/api/v1/{path}", person.authorization, body or {"reason": "잃음"})
        assert status in {200, 201, 204}, said

    out, blocked, erased, inactive, expired, staying = many
    for person in many:  # both processes know them by now
        assert [borrow(person, door)[0] for door in doors] == [201, 201]
    for loan in Loan.objects.filter(patron_id=erased.id):
        act(f"loans/{loan.pk}/return", erased, {"quantity": 1})

    assert out.post("auth/logout").status_code == 204
    act(f"patrons/{blocked.id}/blocks", ada)
    act(f"patrons/{erased.id}/erase", ada)
    assert borrow(erased, there)[0] == 409, "lending knows before the card is gone"
    Bus().settle()
    User.objects.filter(pk=inactive.id).update(is_active=False)
    AuthToken.objects.filter(user=expired.id).update(expiry=timezone.now())

    for door in (there, here):
        answers = {one.id: borrow(one, door) for one in many}
        gone = [out, erased, inactive, expired]
        assert [answers[one.id][0] for one in gone] == [401] * len(gone), answers
        assert json.loads(answers[blocked.id][1])["code"] == "patron_blocked"
        assert answers[staying.id][0] == 201
    assert not Loan.objects.filter(patron_id=erased.id, status="active").exists()
    assert Loan.objects.filter(patron_id=staying.id).count() == 4
