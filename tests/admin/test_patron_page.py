"""The desk's page of a patron has what the desk is asked, each part for who may see it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.services import register_book
from lending.blocks.services import block_patron
from lending.checkout.services import borrow_book
from lending.families.services import make_family
from lending.holds.services import place_hold
from lending.models import Loan
from tests.admin.door import Door, a_librarian, a_patron, a_superuser
from tests.bus import Bus
from tests.people import Person

pytestmark = pytest.mark.django_db

DETAILS = {"phone": "010-1234-5678", "notes": "큰글자도서를 찾으심", "postal_code": "57922"}


@pytest.fixture
def haneul(bus: Bus) -> User:
    """A patron with a loan that is overdue."""
    patron = a_patron(**DETAILS)
    book = register_book(now=timezone.now(), title="무진기행", copies=2)
    bus.settle()
    loan = borrow_book(patron_id=patron.pk, book_id=book.pk, now=timezone.now(), quantity=2)
    Loan.objects.filter(pk=loan.pk).update(due_on=timezone.localdate() - timedelta(days=3))
    bus.settle()
    return patron


def figure(page: str, name: str) -> str:
    """A figure's number and where it leads."""
    return page.partition(f'id="figure-{name}"')[2].partition("</li>")[0]


def test_it_shows_who_it_is_what_is_out_and_what_is_owed(haneul: User, bus: Bus) -> None:
    desk = a_librarian(roles=["desk", "cashier"])
    page = desk.see("desk_patron", haneul.pk)
    for text in (*DETAILS.values(), "P-7101", "무진기행"):
        assert text in page
    assert "<strong>2</strong>" in figure(page, "out")
    assert "<strong>2</strong>" in figure(page, "overdue")
    assert "copies overdue" in figure(page, "overdue")
    assert 'class="urgent"' in page
    assert "<strong>0 KRW</strong>" in figure(page, "owed")
    for name in ("out", "overdue", "history", "owed"):
        address = figure(page, name).partition('href="')[2].partition('"')[0].replace("&amp;", "&")
        assert desk.get(address).status_code == 200, address
    assert reverse("admin:desk_patron", args=[haneul.pk]) in desk.see("accounts_user_change", haneul.pk)


def test_it_says_what_keeps_the_patron_from_borrowing(haneul: User) -> None:
    desk = a_librarian(roles=["desk"])
    assert "errornote" not in desk.see("desk_patron", haneul.pk)
    yesterday = timezone.localdate() - timedelta(days=1)
    User.objects.filter(pk=haneul.pk).update(is_card_lost=True, expires_on=yesterday)
    page = desk.see("desk_patron", haneul.pk)
    assert "last day was" in page
    assert "reported lost" in page


def test_each_sees_what_the_roles_show(haneul: User) -> None:
    assert "figure-owed" not in a_librarian(roles=["desk"]).see("desk_patron", haneul.pk)
    assert "figure-out" in a_librarian("L-2", roles=["cashier"]).see("desk_patron", haneul.pk)
    for role in ("cataloguer", "operator"):
        door = a_librarian(f"L-{role}", roles=[role])
        assert door.get(reverse("admin:desk_patron", args=[haneul.pk])).status_code == 403
    assert Door().get(reverse("admin:desk_patron", args=[haneul.pk])).status_code == 302
    assert a_librarian("L-3").get(reverse("admin:desk_patron", args=[999])).status_code == 404


def test_a_lost_card_borrows_nothing_until_it_is_replaced(bus: Bus) -> None:
    patron, desk = a_patron(), a_librarian(roles=["desk"])
    book = register_book(now=timezone.now(), title="소나기", copies=1)
    bus.settle()
    fields = {"name": patron.name, "language": "ko", "is_active": "on", "is_card_lost": "on"}
    desk.send("accounts_user_change", patron.pk, **fields)
    person = Person(User.objects.get(pk=patron.pk))
    answer = person.post("loans", {"book": book.pk})
    assert (answer.status_code, answer.json()["code"]) == (409, "card_lost")
    dry = person.post("loans?dry_run=true", {"book": book.pk}).json()
    assert [reason["code"] for reason in dry["reasons"]] == ["card_lost"]
    desk.act("accounts_user", "replace_card", patron, confirmed="yes", card_number="P-8", reason="lost")
    assert Person(User.objects.get(pk=patron.pk)).post("loans", {"book": book.pk}).status_code == 201


def test_a_child_without_consent_is_found_and_the_page_says_so(librarian: Door) -> None:
    today = timezone.localdate()
    child = a_patron("P-1", "이서연", born_on=today.replace(year=today.year - 9, day=1), guardian="어머니")
    a_patron("P-2", "이서준", born_on=today.replace(year=today.year - 20, day=1))
    assert "A guardian has to agree" in librarian.see("desk_patron", child.pk)
    page = librarian.see("accounts_user_changelist", consent="ended")
    assert "이서연" in page
    assert "이서준" not in page
    faults = librarian.send("accounts_user_change", child.pk, name="이서연", language="ko", born_on="2025-01-01",
                            guardian="", consent_until="")  # fmt: skip
    assert "write who does" in faults
    assert "write the last day" in faults


def test_the_page_takes_few_statements(haneul: User, bus: Bus) -> None:
    waited_for = register_book(now=timezone.now(), title="토지", copies=1)
    bus.settle()
    garam = a_patron("P-7102", "이가람").pk
    borrow_book(patron_id=garam, book_id=waited_for.pk, now=timezone.now(), quantity=1)
    place_hold(patron_id=haneul.pk, book_id=waited_for.pk, now=timezone.now())
    make_family(name="하늘네", members=[haneul.pk, garam], now=timezone.now())
    block_patron(patron_id=haneul.pk, reason="자료 훼손", until=None, by_id=None, now=timezone.now())
    bus.settle()
    for door in (a_superuser(), a_librarian("L-4", roles=["administrator"])):
        door.see("desk_patron", haneul.pk)
        with CaptureQueriesContext(connection) as queries:
            page = door.see("desk_patron", haneul.pk)
        assert all(text in page for text in ("토지", "하늘네", "이가람", "자료 훼손"))
        assert len(queries) <= 12, [query["sql"][:90] for query in queries]
