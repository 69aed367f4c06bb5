"""The start page's figures, the bus's dead deliveries, and both languages."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.services import register_book
from fines.models import Fine
from fines.services import pay_fine
from kernel.eventbus.models import Delivery, Event
from lending.checkout.services import borrow_book
from lending.deferral.decisions import request_loan
from lending.models import Loan
from lending.returns.services import return_book
from tests.admin.door import Door, a_librarian, a_patron
from tests.bus import Bus

pytestmark = pytest.mark.django_db


def figures(door: Door) -> dict[str, str]:
    """The start page's figures by their names."""
    return dict(re.findall(r'id="figure-(\w+)".*?<strong>([\d,]+(?: KRW)?)</strong>', door.see("index"), re.S))


def test_the_figures_tell_the_day(librarian: Door, bus: Bus) -> None:
    assert set(figures(librarian).values()) == {"0"} or figures(librarian)["waiting"] != "0"
    now, patron = timezone.now(), a_patron()
    book = register_book(now=now, title="토지", copies=6)
    bus.settle()
    late = borrow_book(patron_id=patron.pk, book_id=book.pk, quantity=3, now=now - timedelta(days=40))
    borrow_book(patron_id=patron.pk, book_id=book.pk, quantity=1, now=now)
    request_loan(patron_id=patron.pk, book_id=book.pk, now=now)
    return_book(late.pk, quantity=2, now=now)
    bus.settle()
    fine = Fine.objects.get()
    pay_fine(fine.pk, amount=500, by_id=patron.pk, now=now)
    Delivery.objects.filter(pk__in=[Delivery.objects.earliest("pk").pk]).update(status="dead")
    waiting = Delivery.objects.filter(status="waiting").count()
    assert figures(librarian) == {
        "lent_today": "1",
        "returned_today": "2",
        "overdue": "1",
        "requested": "1",
        "out": "2",
        "lendable": "4",
        "fines_outstanding": "1,500 KRW",
        "paid_today": "500 KRW",
        "waiting": str(waiting),
        "dead": "1",
    }
    assert waiting > 0
    assert 'class="urgent"' in librarian.see("index")


def test_every_figure_leads_to_its_list(librarian: Door) -> None:
    figures_of = re.search(r'<ul class="figures">.*?</ul>', librarian.see("index"), re.S)
    assert figures_of
    addresses = re.findall(r'href="([^"]+)"', figures_of[0])
    assert len(addresses) == 10
    assert {librarian.get(address).status_code for address in addresses} == {200}


@pytest.mark.parametrize(
    ("role", "count", "seen", "unseen"),
    [
        ("desk", 6, "overdue", "fines_outstanding"),
        ("cashier", 7, "fines_outstanding", "dead"),
        ("cataloguer", 1, "lendable", "overdue"),
        ("operator", 2, "dead", "overdue"),
    ],
)
def test_each_sees_the_figures_whose_lists_they_may_see(role: str, count: int, seen: str, unseen: str) -> None:
    found = figures(a_librarian(roles=[role]))
    assert (len(found), seen in found, unseen in found) == (count, True, False)


def test_the_start_page_takes_few_statements(librarian: Door) -> None:
    librarian.see("index")
    with CaptureQueriesContext(connection) as queries:
        librarian.see("index")
    assert len(queries) <= 14, [query["sql"][:90] for query in queries]


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
    assert Delivery.objects.get(pk=dead.pk).status == "done"
    assert book.pk


def test_events_are_found_by_key_name_and_correlation(librarian: Door) -> None:
    book = register_book(now=timezone.now(), title="토지", copies=1)
    event = Event.objects.get(key=f"book:{book.pk}", name="BookRegistered")
    for query in ({"q": event.key}, {"q": str(event.correlation_id)}, {"event": "BookRegistered"}):
        assert f"/admin/eventbus/event/{event.pk}/change/" in librarian.see("eventbus_event_changelist", **query), query
    assert "0 events" in librarian.see("eventbus_event_changelist", q="book:0")
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
