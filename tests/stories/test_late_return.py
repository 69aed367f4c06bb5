"""A patron takes four copies, keeps them too long, and brings them back in parts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tests.bus import Bus
from tests.people import a_librarian, a_patron

SEOUL = ZoneInfo("Asia/Seoul")
pytestmark = pytest.mark.django_db


def test_three_of_four_copies_come_back_seven_days_late(bus: Bus) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 10, tzinfo=SEOUL), tick=False) as clock:
        haneul, librarian = a_patron(), a_librarian()
        book = librarian.post("books", {"title": "무진기행", "authors": ["김승옥"], "copies": 5}).json()
        bus.settle()
        borrowed = haneul.post("loans", {"book": book["id"], "quantity": 4})
        assert borrowed.status_code == 201, borrowed.json()
        loan = borrowed.json()
        assert loan["due_on"] == "2026-03-16"
        bus.settle()
        assert haneul.get("dashboard").json()["copies_on_loan"] == 4

        clock.shift(timedelta(days=21))
        haneul.sign_in()
        returned = haneul.post(f"loans/{loan['id']}/return", {"quantity": 3})
        assert (returned.status_code, returned.json()["days_late"]) == (200, 7)
        bus.settle()

        page = haneul.get("dashboard").json()
        assert (page["copies_on_loan"], page["copies_overdue"], page["fines_outstanding"]) == (1, 1, 500)
        assert page["fines_accruing"] == 500
        (fine,) = haneul.get("fines").json()["results"]
        assert (fine["amount"], fine["days_late"], fine["status"], fine["loan"]) == (500, 7, "outstanding", loan["id"])
        assert "1-7 days" in fine["explanation"]
