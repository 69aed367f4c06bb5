"""Lists to work from: overdue, lost, debts and cards that end soon, as pages and files, each for who may see it."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from python_calamine import load_workbook

from accounts.models import User
from catalog.services import register_book, withdraw_book
from lending.marks.rules import Mark
from lending.marks.services import mark_copy
from lending.models import Copy, Debt, Loan
from tests.admin.door import Door, a_librarian, a_patron, a_superuser
from tests.admin.test_till import a_fine
from tests.bus import Bus

pytestmark = pytest.mark.django_db


def test_what_is_overdue_is_listed_with_whom_to_call_the_longest_first(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    assert "Nothing is overdue." in librarian.see("desk_list", "overdue")
    User.objects.filter(pk=haneul.pk).update(phone="010-1234-5678")
    for barcode in barcodes[:2]:
        librarian.lend("P-7101", barcode)
    Loan.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    Loan.objects.filter(pk=Loan.objects.latest("pk").pk).update(due_on=F("due_on") - timedelta(days=6))
    page = librarian.see("desk_list", "overdue")
    assert page.index(barcodes[1]) < page.index(barcodes[0])
    assert "010-1234-5678" in page
    answer = librarian.get(reverse("admin:desk_list", args=["overdue"]), {"as": "csv"})
    assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("7,")


def test_what_is_lost_is_listed_with_who_lost_it(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    librarian.lend("P-7101", barcodes[0])
    mark_copy(Copy.objects.get(barcode=barcodes[0]).pk, mark=Mark.LOST, reason="분실", now=timezone.now())
    page = librarian.see("desk_list", "lost")
    assert barcodes[0] in page
    assert "P-7101" in page


def test_debts_and_cards_that_end_soon_are_listed(librarian: Door, haneul: User, bus: Bus) -> None:
    a_fine(1)
    bus.settle()
    assert "1,000 KRW" in librarian.see("desk_list", "debts")
    debt = Debt.objects.get()
    as_lending_knows_it = a_superuser().see("lending_debt_change", debt.pk)
    assert str(User.objects.get(pk=debt.patron_id)) in as_lending_knows_it
    assert "1,000 KRW" in as_lending_knows_it
    on_the_page = a_superuser("S-7102").see("dashboard_finerow_change", debt.pk)
    assert "late fee" in on_the_page
    assert "1,000 KRW" in on_the_page
    assert "P-7101" not in librarian.see("desk_list", "cards")
    User.objects.filter(pk=haneul.pk).update(expires_on=timezone.localdate() + timedelta(days=30))
    assert "P-7101" in librarian.see("desk_list", "cards")


def test_who_borrowed_the_most_is_listed_for_each_of_two_years(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    other, now = a_patron("P-2", name="이상"), timezone.now()
    for card, barcode in (("P-7101", barcodes[0]), ("P-2", barcodes[1]), ("P-2", barcodes[2])):
        librarian.lend(card, barcode)
    page = librarian.see("desk_list", "readers")
    assert page.index("이상") < page.index(haneul.name)
    assert "Nobody has borrowed anything." in librarian.see("desk_list", "readers-before")
    Loan.objects.filter(patron=other).update(borrowed_at=now.replace(year=now.year - 1, day=15))
    assert "이상" not in librarian.see("desk_list", "readers")
    lines = librarian.get(reverse("admin:desk_list", args=["readers-before"]), {"as": "csv"}).content.decode(
        "utf-8-sig"
    )
    assert lines.splitlines()[1].startswith("2,이상,P-2,")
    Loan.objects.filter(patron=other).update(patron=None)
    assert "Nobody has borrowed anything." in librarian.see("desk_list", "readers-before")


def test_a_list_is_for_who_may_see_what_it_is_about() -> None:
    desk = a_librarian("L-1", roles=["desk"])
    assert desk.get(reverse("admin:desk_list", args=["debts"])).status_code == 403
    assert "Debts" not in desk.see("desk_list", "overdue")
    assert desk.get(reverse("admin:desk_list", args=["nothing"])).status_code == 404


def test_call_numbers_that_several_books_have_are_listed_with_the_way_to_each() -> None:
    now, cataloguer = timezone.now(), a_librarian("L-2", roles=["cataloguer"])
    assert "No two books have the same call number." in cataloguer.see("desk_list", "doubled")
    numbers = {"살인자의 기억법": "813.7 김64ㅅ", "상속": "813.7김64ㅅ", "검은 꽃": "813.7 김64ㄱ"}
    numbers |= {"토지 1": "813.6 박14ㅌ v.1", "토지 2": "813.6 박14ㅌ v.2", "시집": "811", "시선": "811"}
    books = {title: register_book(now=now, title=title, call_number=one, copies=1).pk for title, one in numbers.items()}
    withdraw_book(register_book(now=now, title="버린 책", call_number="813.7 김64ㄱ").pk, now=now)
    page = cataloguer.see("desk_list", "doubled")
    assert [title for title in numbers if f">{title}</a>" in page] == ["살인자의 기억법", "상속"]
    assert reverse("admin:catalog_book_change", args=[books["상속"]]) in page
    assert reverse("admin:desk_list", args=["doubled"]) in cataloguer.see("index")
    address = reverse("admin:desk_list", args=["doubled"])
    table = load_workbook(io.BytesIO(cataloguer.get(address, {"as": "xlsx"}).content)).get_sheet_by_index(0).to_python()
    assert [row[:2] for row in table[1:]] == [["813.7 김64ㅅ", "살인자의 기억법"], ["813.7김64ㅅ", "상속"]]
    assert a_librarian("L-3", roles=["desk"]).get(address).status_code == 403
    assert a_librarian("L-4", roles=["operator"]).get(address).status_code == 403


def test_a_list_leads_to_the_patron_for_who_may_see_that_page(librarian: Door, bus: Bus) -> None:
    leads = f'<a href="{reverse("admin:desk_patron", args=[a_fine(1).patron_id])}">'
    bus.settle()
    assert leads in librarian.see("desk_list", "debts")
    role = Group.objects.create(name="clerk")
    role.permissions.set(Permission.objects.filter(codename="view_account"))
    clerk = a_librarian("L-5", roles=[])
    clerk.user.groups.add(role)
    page = clerk.see("desk_list", "debts")
    assert "P-7501" in page
    assert leads not in page
