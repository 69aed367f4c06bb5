"""Twenty hands at one account at the same moment, by the API and on the staff side: every sum is exact."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.urls import reverse

from fines.models import Count, Entry, Settlement, Till
from fines.queries import balance_of, credit_of, fines
from fines.till.queries import cash_of
from lending.models import Debt
from library.operations.drift import drift
from tests.admin.door import Door
from tests.admin.test_account_page import carried
from tests.bus import Bus
from tests.factories import Town
from tests.stories.test_limit_races import all_at_once, browsers
from tests.stories.test_races import at_once, counted, hands_of

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


@pytest.fixture
def bus() -> Bus:
    """The races are about requests; one order of deliveries is enough."""
    return Bus()


def posts(town: Town, address: str, body: dict[str, Any], many: int = MANY) -> list[Callable[[], Any]]:
    """The same call by so many hands."""
    hands = hands_of(town.librarian, many)
    return [partial(hand.post, address, body) for hand in hands]


def the_account_is_exact(town: Town, balance: int) -> None:
    """Once everything was heard of: entries, settlements, fines, credit, lending's debts and the page agree."""
    patron = town.haneul.id
    town.bus.settle()
    owed = sum(fine.owed for fine in fines().filter(patron=patron))
    assert balance_of(patron) == balance == owed - credit_of(patron)
    assert not (owed and credit_of(patron))
    for payment in Entry.objects.filter(kind="payment"):
        went = sum(part.amount for part in payment.settlements.all())
        assert went <= (0 if hasattr(payment, "reversal") else -payment.amount)
    assert all(fine.paid <= fine.amount for fine in fines())
    assert sum(Debt.objects.filter(patron_id=patron).values_list("owed", flat=True)) == owed
    page = town.page(town.haneul)
    assert (page["fines_outstanding"], page["credit"]) == (owed, credit_of(patron))
    assert list(drift()) == []


def test_twenty_payments_at_once_are_all_taken_and_settle_exactly(town: Town) -> None:
    town.fines(town.haneul, 2)
    body = {"amount": 300, "method": "cash"}
    assert counted(at_once(posts(town, f"patrons/{town.haneul.id}/payments", body))) == {(201, ""): MANY}
    the_account_is_exact(town, 4_000 - MANY * 300)
    assert sum(Settlement.objects.values_list("amount", flat=True)) == 4_000
    assert Till.objects.count() == 1


def test_twenty_refunds_and_payouts_give_no_more_than_was_paid(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 2_000})
    body = {"amount": 300, "reason": "잘못"}
    answers = at_once(posts(town, f"fines/{fine['id']}/refunds", body))
    assert counted(answers) == {(201, ""): 6, (409, "over_refund"): MANY - 6}
    the_account_is_exact(town, -1_800)
    answers = at_once(posts(town, f"patrons/{town.haneul.id}/payouts", {**body, "amount": 400}))
    assert counted(answers) == {(201, ""): 4, (409, "over_refund"): MANY - 4}
    the_account_is_exact(town, -200)


def test_of_twenty_reversals_one_is_made(town: Town) -> None:
    town.fines(town.haneul, 2)
    paid = town.librarian.post(f"patrons/{town.haneul.id}/payments", {"amount": 3_000, "method": "card"}).json()
    answers = at_once(posts(town, f"payments/{paid['id']}/reverse", {"reason": "잘못"}))
    assert counted(answers) == {(201, ""): 1, (409, "already_reversed"): MANY - 1}
    the_account_is_exact(town, 4_000)


def test_of_twenty_windows_that_show_the_same_account_one_takes_the_payment(town: Town) -> None:
    town.fines(town.haneul, 2)
    address = reverse("admin:desk_pay", args=[town.haneul.id])
    door = Door(town.librarian.user)
    pages = [carried(one.get(address).content.decode()) for one in browsers(door, MANY)]
    assert len({page["form_key"] for page in pages}) == MANY
    windows = browsers(door, MANY)
    all_at_once([partial(one.post, address, page) for one, page in zip(windows, pages, strict=True)])
    assert [entry.amount for entry in Entry.objects.filter(kind="payment")] == [-4_000]
    the_account_is_exact(town, 0)


def test_a_till_that_is_closed_meanwhile_was_counted_with_what_it_took(town: Town) -> None:
    town.fines(town.haneul, 2)
    address = f"patrons/{town.haneul.id}/payments"
    town.librarian.post(address, {"amount": 100})
    till, door = Till.objects.get(), Door(town.librarian.user)
    fields = {"action": "close", "_selected_action": [till.pk], "confirmed": "yes", "counted": 0, "note": "경쟁"}
    closing = partial(door.post, reverse("admin:fines_till_changelist"), fields)
    calls = posts(town, address, {"amount": 100}, 10)
    answers = all_at_once([*calls[:5], closing, *calls[5:]])
    taken = [answer.status_code for answer in answers].count(201)
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"till_closed"}
    assert Count.objects.get().expected == cash_of(till.pk) == 100 + taken * 100
    the_account_is_exact(town, 4_000 - 100 - taken * 100)
