"""The start page's figures, the bus's dead deliveries, and both languages."""

import re
from datetime import datetime, timedelta
from html import unescape

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import CardApplication
from catalog.services import register_book
from desk.start import counting
from fines.models import Fine, Till
from fines.services import pay_fine
from kernel.eventbus.models import Delivery, Event
from lending.checkout.services import borrow_book
from lending.deferral.decisions import request_loan
from lending.models import Loan
from lending.returns.services import return_book
from tests.admin.door import Door, a_librarian, a_patron
from tests.bus import Bus, put_back

pytestmark = pytest.mark.django_db


def figures(door: Door) -> dict[str, str]:
    """The start page's numbers by their names."""
    found = re.findall(r'id="(?:figure|waits)-(\w+)".*?<strong>([\d,]+(?: KRW)?)</strong>', door.see("index"), re.S)
    return dict(found)


def addresses(door: Door) -> dict[str, str]:
    """Where the start page's numbers lead."""
    found = re.findall(r'id="(?:figure|waits)-(\w+)".*?href="([^"]+)"', door.see("index"), re.S)
    return {name: unescape(address) for name, address in found}


@pytest.fixture
def a_day(bus: Bus) -> None:
    """A day on which something of most kinds happened."""
    now, patron = timezone.now(), a_patron()
    book = register_book(now=now, title="토지", copies=6)
    bus.settle()
    late = borrow_book(patron_id=patron.pk, book_id=book.pk, quantity=3, now=now - timedelta(days=40))
    borrow_book(patron_id=patron.pk, book_id=book.pk, quantity=1, now=now)
    request_loan(patron_id=patron.pk, book_id=book.pk, now=now)
    return_book(late.pk, quantity=2, now=now)
    bus.settle()
    pay_fine(Fine.objects.get().pk, amount=500, by_id=patron.pk, now=now)
    dead = Delivery.objects.earliest("pk")
    bus.settle()
    put_back(dead, status="dead")
    CardApplication.objects.create(name="강하늘", email="sky@example.org", applied_at=now)
    Till.objects.create(cashier=patron, day=timezone.localdate(now) - timedelta(days=1))


TODAY = {"lent_today": "1", "returned_today": "2", "out": "2", "lendable": "4", "owed": "1,500 KRW",
         "paid_today": "500 KRW"}  # fmt: skip
WAITS = {"overdue": "1", "requested": "1", "card_applications": "1", "tills_open": "1", "dead": "1"}


def test_what_waits_and_the_figures_tell_the_day(librarian: Door, request: pytest.FixtureRequest) -> None:
    assert figures(librarian) == dict.fromkeys(TODAY, "0") | {"owed": "0 KRW", "paid_today": "0 KRW"}
    assert "Nothing waits for you." in librarian.see("index")
    request.getfixturevalue("a_day")
    assert figures(librarian) == TODAY | WAITS
    assert "Nothing waits for you." not in librarian.see("index")


@pytest.mark.usefixtures("a_day")
def test_every_number_leads_to_its_list(librarian: Door) -> None:
    has_one = {"lent_today", "returned_today", "requested", "tills_open"}
    for name, address in addresses(librarian).items():
        answer = librarian.get(address)
        assert answer.status_code == 200, address
        assert name not in has_one or "1 entry" in answer.content.decode(), address


@pytest.mark.usefixtures("a_day")
@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("desk", {"overdue", "requested", "card_applications", "lent_today", "returned_today", "out", "lendable"}),
        ("cashier", {"overdue", "requested", "tills_open", "lent_today", "returned_today", "out", "lendable", "owed",
                     "paid_today"}),
        ("cataloguer", set()),
        ("operator", {"dead"}),
    ],
)  # fmt: skip
def test_each_sees_the_numbers_whose_lists_they_may_see(role: str, seen: set[str]) -> None:
    door = a_librarian(roles=[role])
    assert set(figures(door)) == seen
    assert {door.get(address).status_code for address in addresses(door).values()} <= {200}


def test_the_start_page_takes_few_statements(librarian: Door) -> None:
    librarian.see("index")
    with CaptureQueriesContext(connection) as queries:
        librarian.see("index")
    assert len(queries) <= 12, [query["sql"][:90] for query in queries]


@pytest.mark.usefixtures("a_day")
def test_a_database_that_is_away_costs_only_its_own_numbers(librarian: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(now: datetime, wanted: set[str]) -> dict[str, int]:
        raise OperationalError from psycopg.OperationalError("connection refused")

    monkeypatch.setattr(counting, "COUNTED", ((counting.OF_LENDING, away), *counting.COUNTED[1:]))
    monkeypatch.setattr(counting, "is_out_of_reach", lambda error: True)
    assert set(figures(librarian)) == {"paid_today", "tills_open", "card_applications", "dead"}
    assert "A database is away" in librarian.see("index")


def test_a_dead_delivery_is_shown_with_its_error_and_tried_again(librarian: Door, bus: Bus) -> None:
    book = register_book(now=timezone.now(), title="토지", copies=1)
    dead = Delivery.objects.earliest("pk")
    Delivery.objects.filter(pk=dead.pk).update(status="dead", attempts=8, error="Traceback\nLookupError: gone")
    assert "LookupError: gone" in librarian.see("eventbus_delivery_changelist", status__exact="dead")
    assert 'value="requeue"' in librarian.see("eventbus_delivery_change", dead.pk)
    page = librarian.act("eventbus_delivery", "requeue", dead, of_one=str(dead.pk))
    assert "Dead deliveries that will be tried again: 1." in page
    assert 'value="requeue"' not in page
    bus.settle()
    assert not Delivery.objects.filter(pk=dead.pk).exists()
    assert book.pk


def test_events_are_found_by_key_name_and_correlation(librarian: Door) -> None:
    book = register_book(now=timezone.now(), title="토지", copies=1)
    event = Event.objects.get(key=f"book:{book.pk}", name="BookRegistered")
    for query in ({"q": event.key}, {"q": str(event.correlation_id)}, {"event": "BookRegistered"}):
        assert f"/admin/eventbus/event/{event.pk}/change/" in librarian.see("eventbus_event_changelist", **query), query
    assert "0 entries" in librarian.see("eventbus_event_changelist", q="book:0")
    assert "토지" in librarian.see("eventbus_event_change", event.pk)


def test_requeueing_needs_its_right(librarian: Door) -> None:
    register_book(now=timezone.now(), title="토지")
    dead = Delivery.objects.earliest("pk")
    Delivery.objects.filter(pk=dead.pk).update(status="dead")
    group = Group.objects.get(name="operator")
    group.permissions.remove(group.permissions.get(codename="change_delivery"))
    librarian.act("eventbus_delivery", "requeue", dead)
    assert Delivery.objects.get(pk=dead.pk).status == "dead"


def test_korean_is_spoken_where_the_browser_asks_for_it() -> None:
    door = a_librarian(headers={"accept-language": "ko"})
    assert 'lang="ko"' in door.see("index")
    for word in ("오늘", "대출", "연체", "연체료", "도서 등록", "이용자 등록", "반납"):
        assert word in door.see("index"), word
    assert "이번 근무" in door.see("desk")
    assert "대출 중이거나" in door.see("lending_loan_changelist") or "이용자" in door.see("lending_loan_changelist")
    assert "찾지 못했습니다" in door.scan("Q")


def test_the_language_is_switched_in_the_header(librarian: Door) -> None:
    assert 'name="language" value="ko"' in librarian.see("index")
    answer = librarian.post(reverse("set_language"), {"language": "ko", "next": "/admin/desk/"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/admin/desk/"
    assert 'lang="ko"' in answer.content.decode()
    assert Loan.objects.count() == 0
