"""What happens in the library is counted by day, class, category, age group and type, and nobody is named."""

from collections import Counter
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from accounts.categories.models import Category
from catalog.models import CopyType
from catalog.services import revise_book
from kernel.storage.databases import connection_of
from lending.erasing.services import erase_patron
from lending.models import Return
from reporting.counting import count_stale_days
from reporting.models import DayCount, HourCount, MonthCount, StaleDay, Visits
from reporting.ranking import most_borrowed
from reporting.services import note_visits
from tests.factories import Town, seoul
from tests.people import Person, a_patron
from tests.reporting.recount import counted, recounted

pytestmark = pytest.mark.django_db
MONDAY = "2026-03-02"


@pytest.fixture
def child(town: Town) -> Person:
    """나린, who is nine, and whose category is that of children."""
    Category.objects.create(pk="child", name_en="children", name_ko="어린이")
    return a_patron("P-7003", "나린", category_id="child", born_on=date(2016, 5, 5))


def a_novel(town: Town, copies: int = 3) -> int:
    """토지, in large print, on the shelf of literature."""
    CopyType.objects.get_or_create(pk="large", name_en="large print", name_ko="큰글자")
    book = town.book(copies=0, title="토지", **{"class": "813.6"})
    assert town.librarian.post(f"books/{book}/copies", {"count": copies, "type": "large"}).status_code == 201
    town.bus.settle()
    return book


def number(what: str, **axes: Any) -> int:
    """How many the statistics have, after what is stale was counted."""
    count_stale_days()
    assert not StaleDay.objects.exists()
    of_days, of_months = (model.objects.aggregate(sum=Sum("number"))["sum"] for model in (DayCount, MonthCount))
    assert of_days == of_months
    return sum(DayCount.objects.filter(what=what, **axes).values_list("number", flat=True))


@pytest.mark.parametrize("bus", ["in order"], indirect=True)
def test_what_is_new_is_looked_for_in_one_table_only(town: Town) -> None:
    book = town.book()
    town.bus.settle()
    town.haneul.post("loans", {"book": book})
    with CaptureQueriesContext(connection_of("reporting")) as asked:
        town.bus.settle()
    assert number("loans") == 1
    looks = [one["sql"] for one in asked if 'FROM "reporting_' in one["sql"] and "loan_id" in one["sql"]]
    assert looks
    assert not [sql for sql in looks if "returnfact" in sql or "renewalfact" in sql]


def test_a_loan_is_counted_under_all_that_it_is(town: Town, child: Person) -> None:
    town.lend(child, a_novel(town), quantity=2)

    place = {"day": MONDAY, "main_class": "8", "category": "child", "age_group": "8", "copy_type": "large"}
    assert number("loans", **place) == number("loans") == 2
    assert number("copies_added", main_class="8", copy_type="large") == 3
    assert number("books_added", main_class="8") == 1
    assert counted() == recounted()


def test_what_comes_back_and_what_is_renewed_is_counted_as_it_was_lent(town: Town, child: Person) -> None:
    loan = town.lend(child, a_novel(town), quantity=2)
    town.days_pass(1)
    child.sign_in()
    child.post(f"loans/{loan['id']}/renew")
    town.days_pass(1)
    child.sign_in()
    town.give_back(child, loan, 1)

    assert number("renewals", day="2026-03-03", main_class="8", category="child") == 2
    assert number("returns", day="2026-03-04", main_class="8", age_group="8", copy_type="large") == 1
    assert number("loans", day=MONDAY) == 2
    assert counted() == recounted()


def test_a_loan_that_is_recorded_later_counts_on_its_own_day_and_in_no_hour(town: Town) -> None:
    book = a_novel(town)
    town.lend_long_ago(town.haneul, book)
    town.lend(town.jo, book, quantity=2)
    assert (number("loans", day="2026-01-05"), number("loans")) == (1, 3)
    hours = HourCount.objects.order_by("day").values_list("what", "hour", "number")
    assert [*hours] == [("loans", "", 1), ("loans", "10", 2)]
    assert counted() == recounted()


def test_books_are_ranked_by_the_copies_that_were_lent_of_them(town: Town) -> None:
    novel, other = a_novel(town), town.book(copies=2, title="상속")
    town.lend(town.haneul, novel, quantity=2)
    undone = town.lend(town.jo, other, quantity=2)
    town.lend_long_ago(town.jo, novel)
    assert town.librarian.post(f"loans/{undone['id']}/undo", {"reason": "a slip"}).status_code == 200
    town.bus.settle()
    town.lend(town.haneul, other)
    assert number("loans") == 4
    assert most_borrowed(date(2026, 3, 1), date(2026, 3, 31), 9) == [(novel, "토지", 2), (other, "상속", 1)]
    assert most_borrowed(date(2026, 1, 1), date(2026, 3, 31), 1) == [(novel, "토지", 3)]


def test_what_is_undone_was_never_counted(town: Town) -> None:
    book, reason = a_novel(town), {"reason": "a slip"}
    loan = town.lend(town.haneul, book)
    assert town.librarian.post(f"loans/{loan['id']}/renew").status_code == 200
    assert town.librarian.post(f"loans/{loan['id']}/renew/undo", reason).status_code == 200
    back = town.librarian.post(f"loans/{loan['id']}/return").json()
    town.bus.settle()
    assert (number("renewals"), number("returns")) == (0, 1)

    assert town.librarian.post(f"returns/{back['return_id']}/undo", reason).status_code == 200
    town.bus.settle()
    assert (number("loans"), number("returns")) == (1, 0)
    other = town.lend(town.jo, book)
    assert number("loans") == 2
    assert town.librarian.post(f"loans/{other['id']}/undo", reason).status_code == 200
    town.bus.settle()
    assert number("loans") == 1
    assert counted() == recounted()


def test_a_book_counts_under_the_class_that_it_has_now_and_a_loan_under_that_of_its_day(town: Town) -> None:
    book = a_novel(town)
    lent = town.lend(town.haneul, book)
    town.days_pass(1)
    revise_book(book, class_number="400", class_scheme="ddc", now=seoul(3, 3))
    free = next(copy for copy in town.copy_ids(book) if copy != lent["copies"][0]["id"])
    assert town.librarian.delete(f"copies/{free}").status_code == 204
    town.bus.settle()

    assert (number("copies_added", main_class="7"), number("copies_added", main_class="8")) == (3, 0)
    assert number("copies_withdrawn", day="2026-03-03", main_class="7", copy_type="large") == 1
    assert number("loans", main_class="8") == 1
    assert counted() == recounted()


def test_money_is_summed_up_without_what_was_cancelled(town: Town) -> None:
    first, second, _third = town.fines(town.haneul, 3)
    town.librarian.post(f"fines/{second['id']}/waive", {"reason": "장마"})
    town.bus.settle()
    assert (number("charged"), number("waived")) == (6_000, 2_000)
    back = Return.objects.get(loan=first["loan"]).pk
    assert town.librarian.post(f"returns/{back}/undo", {"reason": "a slip"}).status_code == 200
    town.bus.settle()
    assert number("charged") == 4_000
    assert counted() == recounted()


def test_what_was_refunded_in_part_is_neither_charged_nor_waived(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 1_000})
    town.librarian.post(f"fines/{fine['id']}/refunds", {"amount": 400, "reason": "a mistake"})
    town.librarian.post(f"fines/{fine['id']}/waive", {"reason": "장마"})
    town.bus.settle()
    assert (number("charged"), number("waived")) == (1_600, 600)
    assert counted() == recounted()


@pytest.mark.parametrize("bus", ["doubled"], indirect=True)  # whoever empties an account makes up a password for it
def test_nobody_is_named_and_erasing_changes_no_number(town: Town, child: Person) -> None:
    town.give_back(child, town.lend(child, a_novel(town)))
    number("loans")
    before = Counter(counted())
    erase_patron(child.id, reason="asked for it", now=seoul(3, 2, 11))
    town.bus.settle()
    number("loans")

    assert Counter(counted()) - before == Counter({("patrons_erased", MONDAY, "", "", "", ""): 1})
    assert counted() == recounted()
    rebuilt_from_empty()
    assert counted() == recounted()
    columns = {field.name for model in apps.get_app_config("reporting").get_models() for field in model._meta.fields}
    assert not columns & {"patron", "patron_id", "user", "user_id", "name", "card_number"}


def rebuilt_from_empty() -> None:
    """Emptied, and built anew from the log."""
    call_command("replay", "reporting", "--from-empty", stdout=StringIO())
    assert not DayCount.objects.exists()
    count_stale_days()


def test_statistics_come_back_from_the_log_and_visits_stay(town: Town) -> None:
    note_visits(day=date(2026, 3, 2), number=120)
    note_visits(day=date(2026, 3, 2), number=125)
    town.give_back(town.haneul, town.lend(town.haneul, a_novel(town)))
    number("loans")
    before = counted()

    rebuilt_from_empty()
    assert counted() == before
    call_command("replay", "reporting", stdout=StringIO())
    count_stale_days()
    assert counted() == before
    assert list(Visits.objects.values_list("number", flat=True)) == [125]
