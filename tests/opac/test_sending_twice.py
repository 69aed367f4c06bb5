"""A form of the site that is sent twice, by a double click, a reload or going back, is done once, and shows the first
outcome again."""

import html
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from kernel.eventbus.models import Event
from kernel.http.models import KeptAnswer
from lending.models import DeferredReturn, Loan
from tests.factories import Town
from tests.lending.overload import overloaded
from tests.opac.forms import form_with
from tests.opac.test_borrowing import BUTTON, offer
from tests.opac.test_my_loans import mine
from tests.opac.visitor import Visitor

Sent = tuple[str, dict[str, str]]


def sent(visitor: Visitor, form: Sent) -> str:
    """The page that a form leads to."""
    return html.unescape(visitor.send(form[0], **form[1]))


def sent_twice(visitor: Visitor, form: Sent, outcome: str) -> None:
    """Both times the outcome is shown; the second time nothing is announced any more."""
    assert outcome in sent(visitor, form)
    announced = Event.objects.count()
    assert outcome in sent(visitor, form)
    assert Event.objects.count() == announced


def test_a_borrow(town: Town, haneul: Visitor) -> None:
    book = town.book(copies=3)
    sent_twice(haneul, form_with(offer(haneul, book), BUTTON), "You have borrowed “무진기행”.")
    assert Loan.objects.count() == 1
    sent_twice(haneul, form_with(offer(haneul, book), BUTTON), "You have borrowed “무진기행”.")
    assert Loan.objects.count() == 2  # another page is another wish


def test_a_borrow_of_the_last_copy(town: Town, haneul: Visitor) -> None:
    form = form_with(offer(haneul, town.book()), BUTTON)
    sent_twice(haneul, form, "You have borrowed “무진기행”.")


def test_a_borrow_that_was_only_requested(town: Town, haneul: Visitor) -> None:
    form = form_with(offer(haneul, town.book(copies=3)), BUTTON)
    with overloaded():
        sent_twice(haneul, form, "Please wait")
    sent_twice(haneul, form, "Please wait")
    assert Loan.objects.count() == 1


def test_a_refusal_stays_one(town: Town, haneul: Visitor) -> None:
    book = town.book()
    form = form_with(offer(haneul, book), BUTTON)
    loan = town.take(town.jo, book)
    sent_twice(haneul, form, "This was not borrowed.")
    town.give_back(town.jo, loan)
    sent_twice(haneul, form, "This was not borrowed.")
    assert "You have borrowed" in sent(haneul, form_with(offer(haneul, book), BUTTON))


def test_a_renewal(town: Town, haneul: Visitor) -> None:
    loan = town.take(town.haneul, town.book())
    form = form_with(mine(haneul), "Renew", loan=loan["id"])
    sent_twice(haneul, form, "Renewed: it is due on March 30, 2026 now.")


def test_a_renewal_of_all(town: Town, haneul: Visitor) -> None:
    for _ in range(2):
        town.take(town.haneul, town.book())
    sent_twice(haneul, form_with(mine(haneul), "Renew all"), "Loans renewed: 2 of 2.")
    assert {loan.renewals for loan in Loan.objects.all()} == {1}


@pytest.mark.parametrize("where", ["/me", "/loans/{}"])
def test_a_return(town: Town, haneul: Visitor, where: str) -> None:
    loan = town.take(town.haneul, town.book())
    form = form_with(html.unescape(haneul.see(where.format(loan["id"]))), "Yes, return it", loan=loan["id"])
    sent_twice(haneul, form, "“무진기행” is returned.")


def test_a_return_that_is_done_later(town: Town, haneul: Visitor) -> None:
    loan = town.take(town.haneul, town.book())
    form = form_with(mine(haneul), "Yes, return it", loan=loan["id"])
    with overloaded():
        sent_twice(haneul, form, "The return of “무진기행” is accepted")
    assert DeferredReturn.objects.count() == 1


def test_a_key_is_one_persons(town: Town, haneul: Visitor) -> None:
    book = town.book(copies=3)
    form = form_with(offer(haneul, book), BUTTON)
    for visitor in (haneul, Visitor(town.jo.user)):
        sent(visitor, form)
    assert Loan.objects.count() == 2


def test_a_form_without_a_key_is_done(town: Town, haneul: Visitor) -> None:
    address, _fields = form_with(offer(haneul, town.book()), BUTTON)
    assert "You have borrowed" in sent(haneul, (address, {}))


def windows(visitor: Visitor, count: int) -> list[Visitor]:
    """The same person's browser, so many times."""
    others = [Visitor() for _ in range(count)]
    for other in others:
        other.cookies = visitor.cookies
        other.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return others


def at_once(calls: Sequence[Callable[[], str]]) -> list[str]:
    """The pages that everybody gets who calls at the same moment, each in a thread."""
    start, pages = threading.Barrier(len(calls), timeout=60), [""] * len(calls)

    def run(place: int, call: Callable[[], str]) -> None:
        start.wait()
        try:
            pages[place] = call()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return pages


@pytest.mark.django_db(transaction=True)
def test_four_clicks_at_once_borrow_once(town: Town, haneul: Visitor) -> None:
    form = form_with(offer(haneul, town.book(copies=9)), BUTTON)
    clicks: list[Any] = [lambda one=one: one.post(*form).headers["Location"] for one in windows(haneul, 4)]
    addresses = at_once(clicks)
    loan = Loan.objects.get()
    assert addresses == [f"/loans/{loan.pk}"] * 4
    assert KeptAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_four_clicks_at_once_renew_all_once(town: Town, haneul: Visitor) -> None:
    for _ in range(3):
        town.take(town.haneul, town.book())
    form = form_with(mine(haneul), "Renew all")
    assert at_once([lambda one=one: one.post(*form).headers["Location"] for one in windows(haneul, 4)]) == ["/me"] * 4
    assert [loan.renewals for loan in Loan.objects.all()] == [1, 1, 1]
    assert Event.objects.filter(name="LoanRenewed").count() == 3
