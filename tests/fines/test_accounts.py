"""A patron's account: paying oldest first, credit, refunds, reversals, payouts, undone returns, lost copies."""

from typing import Any

import pytest
from django.db.models import Sum

from fines.models import Entry, Fine
from fines.queries import balance_of, credit_of, fines
from tests.factories import Town, refusal


def account(town: Town) -> dict[str, Any]:
    """What the librarian sees."""
    found: dict[str, Any] = town.librarian.get(f"patrons/{town.haneul.id}/account").json()
    return found


def pays(town: Town, amount: int, **more: Any) -> dict[str, Any]:
    """A payment at the till of whatever is owed."""
    answer = town.librarian.post(f"patrons/{town.haneul.id}/payments", {"amount": amount, "method": "card", **more})
    assert answer.status_code == 201, answer.json()
    town.bus.settle()
    found: dict[str, Any] = answer.json()
    return found


def test_one_payment_settles_the_oldest_fines_first_and_the_rest_is_credit(town: Town) -> None:
    one, two = town.fines(town.haneul, 2)
    paid = pays(town, 3000)
    assert paid["settled"] == [{"fine": one["id"], "amount": 2000}, {"fine": two["id"], "amount": 1000}]
    assert paid["credit"] == 0
    assert pays(town, 1500)["credit"] == 500
    page = town.page(town.haneul)
    assert (page["fines_outstanding"], page["credit"]) == (0, 500)
    shown = account(town)
    assert (shown["balance"], shown["credit"], shown["currency"]) == (-500, 500, "KRW")
    assert [(one["kind"], one["amount"], one["balance"]) for one in shown["entries"]] == [
        ("charge", 2000, 2000),
        ("charge", 2000, 4000),
        ("payment", -3000, 1000),
        ("payment", -1500, -500),
    ]
    assert shown["entries"][2]["by"] == town.librarian.id
    own = town.haneul.get("me/account").json()
    assert {entry["by"] for entry in own["entries"]} == {None}


def test_credit_is_used_for_the_next_charge(town: Town) -> None:
    pays(town, 700)
    (fine,) = town.fines(town.haneul)
    assert (fine["paid"], fine["status"]) == (700, "outstanding")
    page = town.page(town.haneul)
    assert (page["fines_outstanding"], page["credit"]) == (1300, 0)


def test_a_refund_becomes_credit_up_to_what_was_paid(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    pays(town, 2000)
    refunds = f"fines/{fine['id']}/refunds"
    assert refusal(town.librarian.post(refunds, {"amount": 2001, "reason": "x"})) == (409, "over_refund")
    answer = town.librarian.post(refunds, {"amount": 2000, "reason": "a mistake"})
    assert (answer.status_code, answer.json()["status"], answer.json()["paid"]) == (201, "cancelled", 0)
    assert (account(town)["balance"], account(town)["credit"]) == (-2000, 2000)


def test_a_refund_in_part_cancels_that_part_of_the_charge(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    assert town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 1000}).status_code == 201
    refund = town.librarian.post(f"fines/{fine['id']}/refunds", {"amount": 400, "reason": "a mistake"})
    town.bus.settle()
    page = town.page(town.haneul)
    for told in (refund.json(), town.haneul.get(f"fines/{fine['id']}").json(), page["fines"][0]):
        assert (told["amount"], told["paid"], told["status"]) == (1600, 1000, "outstanding")
    assert (account(town)["balance"], page["fines_outstanding"]) == (600, 600)
    assert town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 601}).json()["code"] == "overpayment"
    assert town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 600}).status_code == 201
    assert town.haneul.get(f"fines/{fine['id']}").json()["status"] == "paid"


def test_credit_is_paid_out_but_no_more(town: Town) -> None:
    pays(town, 900)
    payouts = f"patrons/{town.haneul.id}/payouts"
    assert refusal(town.librarian.post(payouts, {"amount": 901, "reason": "moves away"})) == (409, "over_refund")
    answer = town.librarian.post(payouts, {"amount": 900, "reason": "moves away"})
    assert (answer.status_code, answer.json()["credit"], answer.json()["balance"]) == (201, 0, 0)


def test_a_reversed_payment_leaves_its_fines_owed_again_once(town: Town) -> None:
    one, two = town.fines(town.haneul, 2)
    paid = pays(town, 3000)
    reverse = f"payments/{paid['id']}/reverse"
    answer = town.librarian.post(reverse, {"reason": "the card was stolen"})
    assert (answer.status_code, answer.json()["balance"]) == (201, 4000)
    assert refusal(town.librarian.post(reverse, {"reason": "again"})) == (409, "already_reversed")
    town.bus.settle()
    assert [fine["paid"] for fine in town.page(town.haneul)["fines"]] == [0, 0]
    assert refusal(town.haneul.post(reverse, {"reason": "mine"}))[0] == 403
    assert {one["id"], two["id"]} == {fine["id"] for fine in town.page(town.haneul)["fines"]}


def test_credit_of_another_payment_pays_what_a_reversal_left(town: Town) -> None:
    town.fines(town.haneul)
    first = pays(town, 2000)
    pays(town, 500)
    town.librarian.post(f"payments/{first['id']}/reverse", {"reason": "stolen"})
    town.bus.settle()
    page = town.page(town.haneul)
    assert (page["fines_outstanding"], page["credit"], account(town)["balance"]) == (1500, 0, 1500)


def test_a_return_that_is_undone_costs_nothing_and_what_was_paid_is_credit(town: Town) -> None:
    loan = town.lend_long_ago(town.haneul, town.book())
    returned = town.give_back(town.haneul, loan)
    pays(town, 2000)
    undo = town.librarian.post(f"returns/{returned['return_id']}/undo", {"reason": "the wrong copy"})
    assert undo.status_code == 200, undo.json()
    town.bus.settle()
    (fine,) = town.librarian.get(f"fines?patron={town.haneul.id}&status=cancelled").json()["results"]
    assert (fine["kind"], fine["paid"]) == ("late", 0)
    assert (account(town)["balance"], town.page(town.haneul)["credit"]) == (-2000, 2000)


def lose(town: Town, **fees: Any) -> int:
    """A copy that its borrower lost, marked by the librarian."""
    if fees:
        assert town.librarian.post("fee-schedules", fees).status_code == 201
    book = town.book()
    town.lend_long_ago(town.haneul, book)
    (copy,) = town.copy_ids(book)
    town.librarian.patch(f"copies/{copy}", {"price": 15_000})
    town.bus.settle()
    assert town.librarian.post(f"copies/{copy}/mark", {"as": "lost", "reason": "on the bus"}).status_code == 200
    town.bus.settle()
    return copy


def kinds(town: Town) -> dict[str, tuple[int, str]]:
    """The amount and status of each kind of fine."""
    return {fine.kind: (fine.amount, fine.status) for fine in fines()}


def test_a_lost_copy_costs_its_price_and_the_processing(town: Town) -> None:
    copy = lose(town, processing_fee=1_000)
    assert kinds(town) == {"replacement": (15_000, "outstanding"), "processing": (1_000, "outstanding")}
    town.librarian.post(f"copies/{copy}/mark", {"as": "found", "reason": "under the seat"})
    town.bus.settle()
    assert kinds(town)["replacement"] == (15_000, "cancelled")
    assert kinds(town)["processing"] == (1_000, "outstanding")
    assert kinds(town)["late"] == (2000, "outstanding")


def test_the_processing_fee_is_refunded_where_the_schedule_says_so(town: Town) -> None:
    copy = lose(town, processing_fee=1_000, processing_fee_refunded=True)
    pays(town, 16_000)
    town.librarian.post(f"copies/{copy}/mark", {"as": "found", "reason": "under the seat"})
    town.bus.settle()
    assert kinds(town)["processing"] == (1_000, "cancelled")
    assert kinds(town)["late"] == (2000, "paid")
    assert town.page(town.haneul)["credit"] == 14_000, "the price back, less the late fine"


def test_what_is_found_too_late_stays_charged(town: Town) -> None:
    copy = lose(town, refund_within={"days": 41})
    town.librarian.post(f"copies/{copy}/mark", {"as": "found", "reason": "under the seat"})
    town.bus.settle()
    assert kinds(town) == {"replacement": (15_000, "outstanding")}


@pytest.mark.parametrize("amounts", [(3000, 100, 5000), (1, 1, 1)])
def test_the_sum_of_the_entries_is_the_balance(town: Town, amounts: tuple[int, ...]) -> None:
    town.fines(town.haneul, 2)
    for amount in amounts:
        pays(town, amount)
    owed = fines().aggregate(sum=Sum("owed"))["sum"]
    assert balance_of(town.haneul.id) == owed - credit_of(town.haneul.id) == 4000 - sum(amounts)
    assert not (owed and credit_of(town.haneul.id))
    assert Entry.objects.count() == 2 + len(amounts)
    assert Fine.objects.count() == 2
