"""Holds on the site: placing one, one's place and the guess, suspending, resuming and cancelling, without scripts."""

import html
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lending.holds.waits.guessing import expected_on
from lending.models import Copy, Hold
from opac.library_page import forget_library_page
from tests.factories import Town, seoul
from tests.opac.forms import form_with, forms_of, press
from tests.opac.test_queries_of_pages import MOST
from tests.opac.visitor import Visitor
from tests.reading import text_of
from tests.stories.test_context_down import down


def words(page: str) -> str:
    """A page's text without tags, as it is read."""
    return text_of(f"<main{page.partition('<main')[2]}")


def a_queue(town: Town) -> int:
    """A book that Jo has, until March 16."""
    book = town.book(title="토지")
    town.lend(town.jo, book)
    return book


def test_a_hold_is_placed_where_nothing_is_left(town: Town, haneul: Visitor) -> None:
    book = town.book(title="토지")
    assert f"/books/{book}/hold" not in haneul.see(f"/books/{book}")
    assert "A copy is on the shelf: you can borrow it now." in haneul.see(f"/books/{book}/hold")
    town.lend(town.jo, book)
    assert f'href="/books/{book}/hold"' in haneul.see(f"/books/{book}")
    assert f'href="/books/{book}/hold"' in haneul.see(f"/books/{book}/borrow")
    offer = haneul.see(f"/books/{book}/hold")
    assert "Your place would be 1 Perhaps your turn around March 16, 2026 a guess" in words(offer)
    address, sent = form_with(offer, "Place a hold")
    made = [words(html.unescape(haneul.send(address, **sent))) for _twice in range(2)]
    assert "You are number 1 in the queue for “토지”." in made[0]
    assert "In the queue number 1 Perhaps around March 16, 2026. This is a guess" in made[0]
    hold = Hold.objects.get()
    assert (hold.patron_id, hold.book_id, hold.status) == (town.haneul.id, book, "waiting")
    assert "You have a place in the queue already." in haneul.see(f"/books/{book}/hold")
    events = town.librarian.get("events", {"types": "HoldPlaced"}).json()["results"]
    assert [(event["by"], event["via"]) for event in events] == [(town.haneul.id, "site")]


@pytest.mark.parametrize("where", ["/me/holds", "/books/{book}"])
def test_it_is_suspended_resumed_and_cancelled_where_it_stands(town: Town, haneul: Visitor, where: str) -> None:
    book = a_queue(town)
    hold = town.haneul.post("holds", {"book": book}).json()
    page = haneul.see(where.format(book=book))
    address, sent = form_with(page, "Yes, suspend it")
    page = haneul.send(address, **sent, until="2026-03-01")
    assert "Your hold is as it was: the day has to be one from today on." in page
    address, sent = form_with(page, "Yes, suspend it")
    page = haneul.send(address, **sent, until="2026-03-10")
    assert "Suspended number 1 up to March 10, 2026" in words(page)
    assert "Perhaps around" not in words(page)
    page = press(haneul, page, "Wait again")
    assert "You are in the queue again." in page
    assert f'id="hold-{hold["id"]}"' in page
    page = press(haneul, page, "Yes, cancel it")
    assert "Your hold on “토지” is cancelled." in page
    assert Hold.objects.get().cancel_reason == "by_patron"
    assert f'id="hold-{hold["id"]}"' not in page


@pytest.mark.parametrize("where", ["/me/holds", "/books/{book}"])
def test_one_that_was_suspended_to_yesterday_waits_again(town: Town, haneul: Visitor, where: str) -> None:
    book = a_queue(town)
    hold = town.haneul.post("holds", {"book": book}).json()
    town.haneul.post(f"holds/{hold['id']}/suspend", {"until": "2026-03-04"})
    town.moves_to(seoul(3, 5, 0, 20))
    haneul.force_login(town.haneul.user)
    page = haneul.see(where.format(book=book))
    assert "In the queue number 1" in words(page)
    assert ("Yes, suspend it" in page, "Wait again" in page) == (True, False)


def test_a_ready_hold_says_until_when(town: Town, haneul: Visitor, in_korean: Visitor) -> None:
    book = a_queue(town)
    town.haneul.post("holds", {"book": book})
    town.librarian.post(
        "returns", {"barcode": town.librarian.get(f"books/{book}/copies").json()["results"][0]["barcode"]}
    )
    town.bus.settle()
    assert "Ready on the hold shelf for you until March 5, 2026" in words(haneul.see("/me/holds"))
    assert "“토지” is on the hold shelf for you until March 5, 2026." in words(haneul.see("/me"))
    page = words(haneul.see(f"/books/{book}"))
    assert "Held for somebody" in page
    assert "Not available now" in page
    assert "On loan" not in page
    assert "예약" in words(in_korean.see("/me/holds"))


def test_what_is_nobody_elses_business(town: Town, haneul: Visitor) -> None:
    book = town.book(title="토지", copies=1)
    town.lend(town.haneul, book)
    hold = town.jo.post("holds", {"book": book}).json()
    assert "You have this book on loan." in haneul.see(f"/books/{book}/hold")
    for address in ("/me/holds", f"/books/{book}/hold"):
        sent = {"hold": hold["id"], "act": "cancel_hold"}
        assert haneul.post(address, sent).status_code == 404
        assert haneul.post(address, {**sent, "act": "rob"}).status_code == 400
    assert Hold.objects.get().status == "waiting"
    assert "Your hold" not in haneul.see(f"/books/{book}")
    assert Visitor().get(f"/books/{book}/hold").status_code == 302


def test_a_volume_is_chosen_first(town: Town, haneul: Visitor) -> None:
    book = town.book(title="토지", copies=2)
    first, second = town.copy_ids(book)
    for copy, volume in ((first, "1"), (second, "2")):
        town.librarian.patch(f"copies/{copy}", {"volume": volume})
    town.bus.settle()
    for volume in ("1", "2"):
        assert town.jo.post("loans", {"book": book, "volume": volume}).status_code == 201
    page = haneul.see(f"/books/{book}/hold")
    assert "Place a hold" not in [button for form in forms_of(page) for button in form.buttons]
    press(haneul, haneul.see(f"/books/{book}/hold", volume="2"), "Place a hold")
    assert Hold.objects.get().volume == "2"
    assert "volume 2" in words(haneul.see("/me/holds"))
    assert "Your place would be 1" in words(haneul.see(f"/books/{book}/hold", volume="1"))
    town.librarian.post("returns", {"barcode": Copy.objects.get(pk=second).barcode})
    assert "Ready on the hold shelf for you until March 5, 2026 volume 2" in words(haneul.see("/me/holds"))
    assert '<a href="/me/holds">Holds</a>' in haneul.see(f"/books/{book}/hold", volume="2").partition("<main")[2]


@pytest.mark.django_db(transaction=True)
def test_without_lending_my_page_shows_the_holds_it_heard_of(town: Town, haneul: Visitor) -> None:
    town.haneul.post("holds", {"book": a_queue(town)})
    town.bus.settle()
    with down("lending"):
        page = haneul.see("/me/holds")
    assert "In the queue number 1" in words(page)
    assert "Yes, cancel it" not in page


def test_pages_ask_no_more_for_more_holds(town: Town, haneul: Visitor) -> None:
    books = [a_queue(town) for _ in range(4)]
    costs = []
    for some in (books[:1], books[1:]):
        for book in some:
            assert town.haneul.post("holds", {"book": book}).status_code == 201
        town.bus.settle()
        costs.append([_queries(haneul, path) for path in ("/me", "/me/holds", f"/books/{books[0]}")])
    assert costs[0] == costs[1]
    assert max(costs[0]) <= MOST, costs
    assert _queries(haneul, f"/books/{a_queue(town)}/hold") <= MOST


def _queries(visitor: Visitor, path: str) -> int:
    forget_library_page()
    with CaptureQueriesContext(connection) as queries:
        visitor.see(path)
    return len(queries)


def test_the_guess_counts_on_in_rounds() -> None:
    coming = [date(2026, 3, 16), date(2026, 2, 20)]  # one is overdue: it may come today
    days = [expected_on(position, coming, 10, date(2026, 3, 2)) for position in range(1, 6)]
    assert days == [date(2026, 3, day) for day in (2, 12, 16, 22, 26)]
    assert expected_on(1, [], 10, date(2026, 3, 2)) is None
