"""One thing and many entrances at the same moment, the API, the staff side and commands: one of the acts is first, and
the others are told the truth."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from fines.models import Entry, Fine
from kernel.eventbus.models import Event
from lending.models import Copy, Hold, Loan, LoanLine
from library.operations.drift import drift
from tests.admin.door import Door
from tests.bus import Bus
from tests.factories import Town, new_policy, seoul
from tests.people import Person
from tests.stories.test_limit_races import all_at_once, browsers
from tests.stories.test_money_races import the_account_is_exact
from tests.stories.test_races import hands_of

pytestmark = pytest.mark.django_db(transaction=True)
EACH = 5
Calls = list[Callable[[], Any]]


@pytest.fixture
def bus() -> Bus:
    """The races are about requests; one order of deliveries is enough."""
    return Bus()


def by_api(person: Person, address: str, body: dict[str, Any], many: int = EACH) -> Calls:
    """The same call by so many hands."""
    return [partial(hand.post, address, body) for hand in hands_of(person, many)]


def on_the_staff_side(town: Town, model: str, action: str, chosen: int, many: int = EACH, **fields: Any) -> Calls:
    """The same action in so many windows, each confirmed."""
    sent = {"action": action, "_selected_action": [chosen], "confirmed": "yes", **fields}
    windows = browsers(Door(town.librarian.user), many)
    return [partial(one.post, reverse(f"admin:{model}_changelist"), sent) for one in windows]


def statuses(answers: list[Any]) -> set[int]:
    """Of all answers but those of commands."""
    return {answer.status_code for answer in answers if answer is not None}


def test_a_fine_that_is_paid_and_waived_at_once_is_settled_once(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    address, of_one = f"fines/{fine['id']}", {f"{name}_{fine['id']}": 2_000 for name in ("amount", "owed")}
    calls = by_api(town.librarian, f"{address}/payments", {"amount": 2_000})
    calls += by_api(town.librarian, f"{address}/waive", {"reason": "경쟁"})
    calls += on_the_staff_side(town, "fines_fine", "take_payment", fine["id"], method="cash", **of_one)
    calls += on_the_staff_side(town, "fines_fine", "waive", fine["id"], reason="경쟁")
    assert statuses(all_at_once(calls)) <= {200, 201, 302, 409}
    assert Entry.objects.filter(kind__in=["payment", "waiver"]).count() == 1
    the_account_is_exact(town, 0)


def test_of_one_form_for_a_part_that_is_sent_by_many_clicks_one_is_taken(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    sent = {f"amount_{fine['id']}": 300, f"owed_{fine['id']}": 2_000, "method": "cash"}
    all_at_once(on_the_staff_side(town, "fines_fine", "take_payment", fine["id"], 10, **sent))
    assert [entry.amount for entry in Entry.objects.filter(kind="payment")] == [-300]
    the_account_is_exact(town, 1_700)


def test_a_payment_that_is_reversed_and_refunded_at_once_gives_back_once(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    paid = town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 2_000}).json()
    reason = {"reason": "경쟁"}
    calls = by_api(town.librarian, f"payments/{paid['id']}/reverse", reason)
    calls += by_api(town.librarian, f"fines/{fine['id']}/refunds", {"amount": 2_000, **reason})
    calls += on_the_staff_side(town, "fines_fine", "refund", fine["id"], **reason)
    assert statuses(all_at_once(calls)) <= {200, 201, 302, 409}
    kinds = [entry.kind for entry in Entry.objects.order_by("pk") if entry.kind in {"reversal", "refund"}]
    assert kinds in (["reversal"], ["refund"], ["refund", "reversal"])
    the_account_is_exact(town, {"reversal": 2_000, "refund": -2_000}[kinds[0]] if len(kinds) == 1 else 0)


def test_a_copy_that_is_marked_by_all_entrances_while_it_comes_back(town: Town) -> None:
    new_policy(late__lost_after_days=1)
    book = town.book()
    loan = town.take(town.haneul, book)
    copy = loan["copies"][0]
    town.moves_to(seoul(4, 1))
    calls = by_api(town.librarian, f"copies/{copy['id']}/mark", {"as": "lost"}, 3)
    calls += by_api(town.librarian, f"copies/{copy['id']}/mark", {"as": "claimed_returned"}, 3)
    calls += on_the_staff_side(town, "lending_copy", "mark", copy["id"], 3, mark="lost", reason="경쟁", barcode="")
    calls += by_api(town.librarian, "returns", {"barcode": copy["barcode"]}, 3)
    calls += by_api(town.haneul, f"loans/{loan['id']}/return", {}, 3)
    calls += by_api(town.librarian, f"loans/{loan['id']}/renew", {"override": ["overdue"], "reason": "x"}, 3)
    calls += [partial(call_command, "mark_lost", verbosity=0), partial(call_command, "sweep_overdue", verbosity=0)]
    assert statuses(all_at_once(calls)) <= {200, 302, 409}
    town.bus.settle()
    line = LoanLine.objects.get(copy=copy["id"])
    assert line.ending in {"returned", "lost"}
    assert Event.objects.filter(name__in=["BookReturned"]).count() == (line.ending == "returned")
    assert Event.objects.filter(name="CopyLost", payload__loan=loan["id"]).count() == (line.ending == "lost")
    assert Fine.objects.filter(kind="late").count() <= (line.ending == "returned")
    assert list(drift()) == []


def test_who_is_erased_while_borrowing_and_waiting_is_erased_whole_or_not_at_all(town: Town) -> None:
    free, out = town.book(copies=3), town.book()
    town.take(town.jo, out)
    town.bus.settle()
    calls = by_api(town.librarian, f"patrons/{town.haneul.id}/erase", {"reason": "경쟁"}, 3)
    calls += by_api(town.haneul, "loans", {"book": free}, 3)
    calls += by_api(town.librarian, "loans", {"patron": town.haneul.id, "book": free}, 3)
    calls += by_api(town.haneul, "holds", {"book": out}, 3)
    calls += by_api(town.librarian, f"patrons/{town.haneul.id}/payments", {"amount": 100, "method": "cash"}, 3)
    answers = all_at_once(calls)
    assert statuses(answers) <= {200, 201, 401, 404, 409}
    erased = any(answer.status_code == 200 for answer in answers[:3])
    has = Loan.objects.filter(patron=town.haneul.id, status="active").exists()
    waits = Hold.objects.filter(patron=town.haneul.id, status__in=["waiting", "ready"]).exists()
    assert not (erased and (has or waits))
    town.bus.settle()
    assert Copy.objects.filter(book=free, place="loan").count() == LoanLine.objects.filter(ending="").count() - 1
    assert list(drift()) == []
