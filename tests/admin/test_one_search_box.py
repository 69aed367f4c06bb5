"""The box in the header: one for patrons, books, copies and loans."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.models import Book, Copy
from catalog.services import register_book
from lending.checkout.services import borrow_book
from tests.admin.door import Door, a_librarian, a_patron
from tests.bus import Bus

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(bus: Bus) -> Book:
    """One with a copy, which lending knows."""
    made = register_book(now=timezone.now(), title="토지", copies=1)
    bus.settle()
    return made


def groups(page: str) -> list[str]:
    """The kinds of which something was found."""
    return re.findall(r'id="found-(\w+)"', page)


def test_the_only_hit_is_opened_at_once(librarian: Door, book: Book) -> None:
    patron = a_patron(name="강하늘")
    loan = borrow_book(patron_id=patron.pk, book_id=book.pk, now=timezone.now())
    barcode = Copy.objects.get().barcode
    for words, page, pk in (
        ("강하늘", "desk_patron", patron.pk),
        (patron.card_number, "desk_patron", patron.pk),
        ("토지", "catalog_book_change", book.pk),
        (barcode, "lending_copy_change", Copy.objects.get().pk),
    ):
        answer = librarian.get(reverse("admin:find"), {"q": words})
        assert answer.status_code == 302, words
        assert answer["Location"] == reverse(f"admin:{page}", args=[pk])
    address = reverse("admin:lending_loan_change", args=[loan.pk])
    assert address in librarian.get(reverse("admin:find"), {"q": str(loan.pk)}, follow=True).content.decode()


def test_several_hits_are_shown_by_kind_and_more_lead_to_the_whole_list(librarian: Door, book: Book) -> None:
    for number in range(12):
        a_patron(f"P-81{number:02}", name=f"토지현 {number}")
    page = librarian.see("find", q="토지")
    assert groups(page) == ["patrons", "books"]
    assert page.count('<li><a href="/admin/desk/patron/') == 10
    assert f'href="{reverse("admin:accounts_user_changelist")}?q=%ED%86%A0%EC%A7%80"' in page
    assert 'value="토지"' in page


def test_nothing_found_says_so_and_no_words_find_nothing(librarian: Door) -> None:
    assert "Nothing was found by that." in librarian.see("find", q="없는말")
    page = librarian.see("find")
    assert groups(page) == []
    assert "Nothing was found" not in page


@pytest.mark.usefixtures("book")
def test_each_role_finds_what_it_may_see() -> None:
    a_patron(name="토지현")
    found = {
        role: a_librarian(card, roles=[role]).get(reverse("admin:find"), {"q": "토지"})
        for card, role in (("L-7101", "operator"), ("L-7102", "cataloguer"))
    }
    assert groups(found["operator"].content.decode()) == []
    assert found["cataloguer"]["Location"].startswith("/admin/catalog/book/")


def test_searching_takes_few_statements(librarian: Door, book: Book) -> None:
    for number in range(12):
        a_patron(f"P-81{number:02}", name=f"토지현 {number}")
    librarian.see("find", q="토지")
    with CaptureQueriesContext(connection) as queries:
        librarian.see("find", q="토지")
    assert len(queries) <= 14, [query["sql"][:90] for query in queries]
    assert book.pk
