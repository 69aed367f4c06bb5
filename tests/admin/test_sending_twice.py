"""A form that is sent twice is saved once, and two people at one thing do not undo each other's work unseen."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.models import Book, Copy
from catalog.services import register_book
from fines.models import FeeSchedule
from lending.checkout.services import borrow_book
from lending.models import Family, Loan, Policy
from tests.admin.door import Door, a_librarian, a_patron, said
from tests.admin.test_catalogue import RECORD
from tests.bus import Bus
from tests.factories import new_policy
from webhooks.models import Endpoint

pytestmark = pytest.mark.django_db
AGAIN = "This form was saved before"
STALE = "Somebody changed this after you had opened it."
DAY = (timezone.localdate() + timedelta(days=3)).isoformat()
RULES: dict[str, Any] = {"loan__days": 7, "loan__max_copies": 3}
TIERS = {"tiers": "1: 100"}
PERSON = {"card_number": "P-9", "name": "김하늘", "language": "ko", "is_active": "on", "new_password": "gesang-7-xyz!"}
FORMS = [
    ("catalog_book", Book, {**RECORD, "isbn": "", "copies": "2"}),
    ("accounts_user", User, PERSON),
    ("fines_feeschedule", FeeSchedule, {"valid_from": DAY, **TIERS}),
    ("lending_policy", Policy, {"valid_from": DAY, **RULES}),
    ("webhooks_endpoint", Endpoint, {"url": "https://93.184.216.34/hook"}),
]


def hidden(page: str) -> dict[str, str]:
    """What the page's form carries beside what is typed."""
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(form_key|form_version)" value="([^"]*)"', page)
    }


@pytest.mark.parametrize(("page", "model", "fields"), FORMS)
def test_a_form_sent_twice_adds_once_and_shows_the_first_result(
    librarian: Door, page: str, model: Any, fields: dict[str, Any]
) -> None:
    key = hidden(librarian.see(f"{page}_add"))
    before = model.objects.count()
    first = librarian.send(f"{page}_add", **fields, **key)
    assert AGAIN not in first
    events = said()
    again = librarian.send(f"{page}_add", **{**fields, "title": "Typed after going back"}, **key)
    assert AGAIN in again
    assert model.objects.count() == before + 1
    assert said() == events
    assert 'name="_save"' in again or "submit-row" in again or "readonly" in again  # the page of what was saved


def test_another_form_has_another_key_and_another_person_too(librarian: Door) -> None:
    one, two = (hidden(librarian.see("catalog_book_add"))["form_key"] for _ in range(2))
    assert one != two
    librarian.send("catalog_book_add", **{**RECORD, "isbn": ""}, form_key=one)
    a_librarian("L-2").send("catalog_book_add", **{**RECORD, "isbn": ""}, form_key=one)
    librarian.send("catalog_book_add", **{**RECORD, "isbn": ""}, form_key=two)
    assert Book.objects.count() == 3


def test_a_change_that_adds_copies_adds_them_once(librarian: Door) -> None:
    book = register_book(now=timezone.now(), title="토지")
    carried = hidden(librarian.see("catalog_book_change", book.pk))
    for _ in range(2):
        librarian.send("catalog_book_change", book.pk, **{**RECORD, "isbn": "", "copies": "2"}, **carried)
    assert Copy.objects.count() == 2


def test_a_refused_form_keeps_its_key(librarian: Door) -> None:
    register_book(now=timezone.now(), title="First", isbn="9788937460036")
    key = hidden(librarian.see("catalog_book_add"))
    refused = librarian.send("catalog_book_add", **{**RECORD, "isbn": "9788937460036"}, **key)
    assert hidden(refused) == key
    assert AGAIN not in librarian.send("catalog_book_add", **{**RECORD, "isbn": ""}, **key)
    assert Book.objects.count() == 2


def test_an_action_sent_twice_by_one_form_is_done_once(librarian: Door, bus: Bus) -> None:
    new_policy(renewal__max=3)
    books = [register_book(now=timezone.now(), title=title, copies=1) for title in ("토지", "소나기")]
    bus.settle()
    loans = [borrow_book(patron_id=a_patron().pk, book_id=book.pk, now=timezone.now()) for book in books[:1]]
    loans += [borrow_book(patron_id=a_patron("P-2").pk, book_id=book.pk, now=timezone.now()) for book in books[1:]]
    key = hidden(librarian.see("lending_loan_change", loans[0].pk))["form_key"]

    assert "Renewed: 1." in librarian.act("lending_loan", "renew", loans[0], form_key=key)
    assert "This was sent before" in librarian.act("lending_loan", "renew", loans[0], form_key=key)
    assert "Renewed: 1." in librarian.act("lending_loan", "renew", loans[1], form_key=key), "others were chosen"
    assert [loan.renewals for loan in Loan.objects.order_by("pk")] == [1, 1]
    another = hidden(librarian.see("lending_loan_changelist"))["form_key"]
    assert "Renewed: 1." in librarian.act("lending_loan", "renew", loans[0], form_key=another)


def test_two_tabs_on_one_book(librarian: Door) -> None:
    book = register_book(now=timezone.now(), title="Gatzby", publisher="Scribner")
    record = {**RECORD, "isbn": "", "authors": "", "subjects": "", "language": "en"}
    mine, hers = (hidden(librarian.see("catalog_book_change", book.pk)) for _ in range(2))
    librarian.send("catalog_book_change", book.pk, **{**record, "title": "The Great Gatsby"}, **hers)
    told = html.unescape(librarian.send("catalog_book_change", book.pk, **{**record, "title": "Gatsby"}, **mine))
    assert STALE in told
    assert "Title: now “The Great Gatsby”, typed “Gatsby”." in told
    book.refresh_from_db()
    assert (book.title, book.revision) == ("The Great Gatsby", 2)
    assert STALE not in librarian.send("catalog_book_change", book.pk, **{**record, "title": "Gatsby"}, **hidden(told))
    book.refresh_from_db()
    assert book.title == "Gatsby"


def test_two_librarians_at_one_person_and_one_webhook(librarian: Door) -> None:
    patron = a_patron()
    carried = hidden(librarian.see("accounts_user_change", patron.pk))
    User.objects.filter(pk=patron.pk).update(is_active=False)
    fields = {"name": "김하늘", "language": "ko", "is_active": "on"}
    told = html.unescape(librarian.send("accounts_user_change", patron.pk, **fields, **carried))
    assert "Active: now “no”, typed “yes”." in told
    hook = Endpoint.objects.create(url="https://93.184.216.34/a", made_at=timezone.now())
    carried = hidden(librarian.see("webhooks_endpoint_change", hook.pk))
    Endpoint.objects.filter(pk=hook.pk).update(url="https://93.184.216.34/b")
    fields = {"url": "https://93.184.216.34/c"}
    assert STALE in librarian.send("webhooks_endpoint_change", hook.pk, **fields, **carried)
    hook.refresh_from_db()
    assert hook.url.endswith("/b")


def test_two_librarians_at_one_family_read_the_cards_that_were_typed(librarian: Door) -> None:
    for number in range(1, 4):
        a_patron(f"P-710{number}")
    librarian.send("lending_family_add", name="김씨네", cards="P-7101")
    family = Family.objects.get()
    mine, hers = (hidden(librarian.see("lending_family_change", family.pk)) for _ in range(2))
    librarian.send("lending_family_change", family.pk, name="김씨네", cards="P-7102", **hers)
    told = html.unescape(librarian.send("lending_family_change", family.pk, name="김씨네", cards="P-7103", **mine))
    assert "cards: now “P-7102”, typed “P-7103”." in told
