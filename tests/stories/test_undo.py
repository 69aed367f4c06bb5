"""What was done by mistake at the desk is undone, with everything that followed from it."""

from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from kernel.eventbus.delivery.worker import deliver_due
from kernel.eventbus.models import Delivery, Event
from lending.models import Copy, LoanLine, Return
from tests.factories import Town, new_policy, refusal, seoul
from tests.lending.queueing import hold, seen
from tests.stories.test_regulations import typed_in

WHY = {"reason": "다른 책을 찍음"}


def undone(town: Town, path: str) -> dict[str, Any]:
    """What the library answers to an undo that is done."""
    answer = town.librarian.post(path, WHY)
    assert answer.status_code == 200, answer.json()
    town.bus.settle()
    return dict(answer.json())


def refused(town: Town, path: str) -> None:
    """It can't be undone any more."""
    assert refusal(town.librarian.post(path, WHY)) == (409, "not_undoable")


def returned(town: Town, loan: dict[str, Any], **body: Any) -> int:
    """The id of a return that a librarian makes."""
    answer = town.librarian.post(f"loans/{loan['id']}/return", body)
    assert answer.status_code == 200, answer.json()
    town.bus.settle()
    return int(answer.json()["return_id"])


def test_a_return_is_as_if_it_had_not_been(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.lend(town.haneul, book, quantity=2)
    town.moves_to(seoul(3, 18))
    made = returned(town, loan)
    assert (town.available(book), len(town.page(town.haneul)["fines"])) == (2, 1)

    told = undone(town, f"returns/{made}/undo")
    assert (told["status"], told["outstanding"], told["returned_at"]) == ("active", 2, None)
    assert (told["due_on"], told["overdue"]) == ("2026-03-16", True)
    assert [copy["returned_at"] for copy in told["copies"]] == [None, None]
    assert town.available(book) == 0
    page = town.page(town.haneul)
    assert [(row["loan"], row["outstanding"]) for row in page["loans"]] == [(loan["id"], 2)]
    said = Event.objects.get(name="ReturnUndone")
    assert (said.reason, said.by, said.payload["return_id"]) == (WHY["reason"], town.librarian.id, made)
    refused(town, f"returns/{made}/undo")
    again = returned(town, loan)
    assert again != made
    assert town.available(book) == 2


def test_parts_are_undone_from_the_last_one_on(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=3), quantity=3)
    first, second = returned(town, loan, quantity=1), returned(town, loan, quantity=2)
    refused(town, f"returns/{first}/undo")
    assert undone(town, f"returns/{second}/undo")["outstanding"] == 2
    assert undone(town, f"returns/{first}/undo")["outstanding"] == 3


def test_a_suspension_goes_with_its_return(town: Town) -> None:
    typed_in(town, late={"as": "suspension"})
    early, late = (town.lend(town.haneul, town.book()) for _ in range(2))
    town.moves_to(seoul(3, 18))
    returned(town, early)
    town.moves_to(seoul(3, 19))
    made = returned(town, late)
    assert town.page(town.haneul)["suspended_until"] == "2026-03-21"
    undone(town, f"returns/{made}/undo")
    assert town.page(town.haneul)["suspended_until"] == "2026-03-19"
    undone(town, f"returns/{Return.objects.get(loan=early['id']).pk}/undo")
    assert town.page(town.haneul)["suspended_until"] is None
    assert town.haneul.post("loans", {"book": town.book()}).status_code == 201


def test_a_copy_that_went_on_stays_where_it_is(town: Town) -> None:
    book = town.book()
    loan = town.lend(town.haneul, book)
    made = returned(town, loan)
    other = town.lend(town.jo, book)
    refused(town, f"returns/{made}/undo")
    town.give_back(town.jo, other)
    refused(town, f"returns/{made}/undo")
    assert LoanLine.objects.filter(ending="").count() == 0


def test_a_withdrawn_copy_is_not_lent_again(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=2))
    made = returned(town, loan)
    town.librarian.delete(f"copies/{loan['copies'][0]['id']}")
    town.bus.settle()
    refused(town, f"returns/{made}/undo")


def test_a_loan_is_as_if_it_had_not_been_made(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.lend(town.haneul, book, quantity=2)
    told = undone(town, f"loans/{loan['id']}/undo")
    assert (told["status"], told["outstanding"], told["cancel_reason"]) == ("cancelled", 0, "by_library")
    assert town.available(book) == 2
    assert town.page(town.haneul)["loans"] == []
    assert not Copy.objects.filter(book=book, place="loan").exists()
    refused(town, f"loans/{loan['id']}/undo")
    town.lend(town.haneul, book, quantity=2)


def test_a_loan_of_which_something_came_back_stays(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=2), quantity=2)
    made = returned(town, loan, quantity=1)
    refused(town, f"loans/{loan['id']}/undo")
    undone(town, f"returns/{made}/undo")
    assert undone(town, f"loans/{loan['id']}/undo")["status"] == "cancelled"


def test_a_loan_that_was_renewed_or_set_stays(town: Town) -> None:
    renewed, moved = (town.lend(town.haneul, town.book()) for _ in range(2))
    assert town.haneul.post(f"loans/{renewed['id']}/renew").status_code == 200
    refused(town, f"loans/{renewed['id']}/undo")
    undone(town, f"loans/{renewed['id']}/renew/undo")
    undone(town, f"loans/{renewed['id']}/undo")
    day = {"due_on": "2026-03-20", "reason": "입원"}
    assert town.librarian.post(f"loans/{moved['id']}/due-date", day).status_code == 200
    refused(town, f"loans/{moved['id']}/undo")


def test_a_same_book_may_be_borrowed_again_after_an_undone_loan(town: Town) -> None:
    typed_in(town, loan={"again_after_days": 5, "max_copies": 1})
    book = town.book()
    loan = town.lend(town.haneul, book)
    undone(town, f"loans/{loan['id']}/undo")
    town.lend(town.haneul, book)


def test_renewals_are_undone_in_their_order(town: Town) -> None:
    typed_in(town, renewal={"max": 2, "days": 7})
    loan = town.lend(town.haneul, town.book())
    refused(town, f"loans/{loan['id']}/renew/undo")
    for _twice in range(2):
        assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200
    told = undone(town, f"loans/{loan['id']}/renew/undo")
    assert (told["due_on"], told["renewals"]) == ("2026-03-23", 1)
    assert [row["due_on"] for row in town.page(town.haneul)["loans"]] == ["2026-03-23"]
    assert undone(town, f"loans/{loan['id']}/renew/undo")["due_on"] == "2026-03-16"
    refused(town, f"loans/{loan['id']}/renew/undo")
    assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200


def test_a_renewal_stays_where_the_due_date_moved_since_or_all_came_back(town: Town) -> None:
    set_later, closed, back = (town.lend(town.haneul, town.book()) for _ in range(3))
    for loan in (set_later, closed, back):
        assert town.haneul.post(f"loans/{loan['id']}/renew").json()["due_on"] == "2026-03-30"
    town.librarian.post(f"loans/{set_later['id']}/due-date", {"due_on": "2026-04-06", "reason": "입원"})
    returned(town, back)
    closure = town.librarian.post("closures", {"from": "2026-03-30", "to": "2026-03-30", "reason": "공사"}).json()["id"]
    assert town.librarian.post(f"closures/{closure}/move-due-dates").json() == {"moved": 1}
    for loan in (set_later, closed, back):
        refused(town, f"loans/{loan['id']}/renew/undo")


def test_what_fell_overdue_meanwhile_can_be_undone_and_is_announced_once(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.lend(town.haneul, book, quantity=2)
    town.moves_to(seoul(3, 18))
    made = returned(town, loan, quantity=1)
    call_command("sweep_overdue", stdout=StringIO())
    undone(town, f"returns/{made}/undo")
    call_command("sweep_overdue", stdout=StringIO())
    assert Event.objects.filter(name="BookExpired").count() == 1


def test_an_undo_needs_a_reason_and_a_librarian(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    made = returned(town, loan)
    for path in (f"returns/{made}/undo", f"loans/{loan['id']}/undo", f"loans/{loan['id']}/renew/undo"):
        assert refusal(town.librarian.post(path, {})) == (400, "invalid")
        assert refusal(town.haneul.post(path, WHY)) == (403, "permission_denied")
    assert refusal(town.librarian.post("returns/404404/undo", WHY)) == (404, "not_found")


def test_a_return_that_is_undone_before_its_fee_was_charged_costs_nothing(town: Town) -> None:
    """The charge failed once and waits; nothing that happened later may overtake it, or the fee would stay."""
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 18))
    made = town.librarian.post(f"loans/{loan['id']}/return", {}).json()["return_id"]
    charges = Delivery.objects.filter(handler="fines.handlers.charge_late_fee", event__name="BookReturned")
    assert charges.update(attempts=1, not_before=timezone.now() + timedelta(minutes=5)) == 1
    assert town.librarian.post(f"returns/{made}/undo", WHY).status_code == 200
    for _ in range(3):
        deliver_due()
        town.clock.shift(timedelta(minutes=10))
    assert not Delivery.objects.exists()
    assert town.page(town.haneul)["fines_outstanding"] == 0
    assert [fine["status"] for fine in town.haneul.get("fines").json()["results"]] == ["cancelled"]


def test_a_hold_that_a_loan_ended_gets_the_copy_when_the_loan_is_undone(town: Town) -> None:
    new_policy(hold__on_shelf=True)
    book = town.book(copies=2)
    placed = hold(town.haneul, book)
    loan = town.take(town.haneul, book)
    assert (seen(town.haneul, placed)["status"], town.available(book)) == ("collected", 1)
    undone(town, f"loans/{loan['id']}/undo")
    ready = seen(town.haneul, placed)
    assert (ready["status"], ready["copy"]["id"], ready["pickup_by"]) == (
        "ready",
        loan["copies"][0]["id"],
        "2026-03-05",
    )
    assert town.available(book) == 1


def test_what_was_claimed_to_be_returned_is_so_again(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    marks = f"copies/{loan['copies'][0]['id']}/mark"
    assert town.librarian.post(marks, {"as": "claimed_returned"}).status_code == 200
    undone(town, f"returns/{returned(town, loan)}/undo")
    shown = town.librarian.get(f"copies/{loan['copies'][0]['id']}").json()
    assert (shown["condition"], shown["where"], shown["loan"]) == ("claimed_returned", "loan", loan["id"])
    assert town.librarian.post(marks, {"as": "found"}).status_code == 200


def test_a_copy_that_was_damaged_since_stays_where_it_is(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    made, copy = returned(town, loan), loan["copies"][0]["id"]
    assert town.librarian.post(f"copies/{copy}/mark", {"as": "damaged"}).status_code == 200
    refused(town, f"returns/{made}/undo")
    assert town.librarian.post(f"copies/{copy}/mark", {"as": "available"}).status_code == 200
    undone(town, f"returns/{made}/undo")
