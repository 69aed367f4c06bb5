"""Every list of the staff side as a file: the rows and columns that it shows, for who may see it."""

import csv
import io
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from python_calamine import load_workbook

from accounts.models import User
from catalog.models import Book, Copy
from catalog.services import register_book, withdraw_book
from kernel.staff.lists import BoundedPaginator
from lending.models import Patron
from tests.admin.door import Door, a_librarian, a_superuser
from tests.admin.test_every_page import MODELS, a_busy_library, page
from tests.bus import Bus

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _library_of_this_module(lasting: None) -> None:
    a_busy_library(Bus())


def rows(answer: Any) -> list[list[Any]]:
    """The cells of a file, the headings first."""
    if answer.headers["Content-Type"].startswith("text/csv"):
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    return load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()


def listed(door: Door, model: Any, kind: str, **query: str) -> list[list[Any]]:
    """A list of the staff side as a file."""
    answer = door.get(reverse(f"admin:{page(model, 'changelist')}"), {**query, "as": kind})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{model._meta.model_name}.{kind}"'
    return rows(answer)


def test_every_list_is_the_same_in_both_kinds_of_file() -> None:
    door = a_superuser()
    for model in MODELS:
        table, book = listed(door, model, "csv"), listed(door, model, "xlsx")
        text = door.see(page(model, "changelist"))
        assert len(table) == len(book) == 1 + text.count("<tr><td") + text.count('<tr><th class="field'), model
        assert table[0] == book[0], model
        assert not [cell for row in table for cell in row if "<" in cell and ">" in cell], model


def test_a_file_has_what_the_filters_leave_and_nothing_is_a_formula() -> None:
    now, door = timezone.now(), a_librarian()
    register_book(now=now, title="=1+1", class_number="813.6")
    gone = register_book(now=now, title="버린 책")
    withdraw_book(gone.pk, now=now)
    table, book = listed(door, Book, "csv"), listed(door, Book, "xlsx")
    assert "'=1+1" in [row[0] for row in table]
    assert "=1+1" in [row[0] for row in book]
    assert "버린 책" not in [row[0] for row in table]
    assert [row[0] for row in listed(door, Book, "csv", withdrawn="yes")[1:]] == ["버린 책"]
    assert listed(door, Book, "xlsx", q="무진기행")[1][0] == "무진기행 0"


def test_a_file_ends_where_the_pages_end(monkeypatch: pytest.MonkeyPatch) -> None:
    door, whole = a_librarian(), Copy.objects.count()
    assert whole > 2
    monkeypatch.setattr(admin.site._registry[Copy], "list_per_page", 1)
    assert len(listed(door, Copy, "csv", p="2")) == 1 + whole
    monkeypatch.setattr(BoundedPaginator, "most", 2)
    assert len(listed(door, Copy, "csv")) == 1 + 2
    assert "the first 2 as a file" in door.see(page(Copy, "changelist"))


def test_who_may_not_see_a_list_gets_no_file() -> None:
    cashier = a_librarian("L-7105", roles=("cashier",))
    address = reverse(f"admin:{page(Book, 'changelist')}")
    assert [cashier.get(address, {"as": kind}).status_code for kind in ("csv", "xlsx")] == [403, 403]
    assert a_librarian("L-7106").get(address, {"as": "csv", "registered_at__gte": "soon"}).status_code == 302


def test_a_file_has_what_belongs_to_more_than_a_thousand_people() -> None:
    people = User.objects.bulk_create(User(card_number=f"M-{number:04}", name="여럿") for number in range(1100))
    Patron.objects.bulk_create(Patron(user=person) for person in people)
    table = listed(a_superuser("S-7102"), Patron, "csv")
    assert [row for row in table if "M-0000 여럿" in row]
    assert [row for row in table if "M-1099 여럿" in row]
