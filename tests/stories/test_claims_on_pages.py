"""What is claimed to be returned is late no more from the claim on: on the page, in lists and in what it would cost."""

from io import StringIO
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from kernel.eventbus.models import Event
from lending.counts import counts_of_the_day
from library.operations.drift import drift
from tests.factories import Town, new_policy, seoul


def claimed(town: Town, copy: int) -> None:
    """The patron says that it was brought back."""
    assert town.librarian.post(f"copies/{copy}/mark", {"as": "claimed_returned"}).status_code == 200
    town.bus.settle()


def lateness(town: Town) -> tuple[Any, ...]:
    """What the page says of being late."""
    page = town.page(town.haneul)
    (loan,) = page["loans"]
    return page["copies_on_loan"], page["copies_overdue"], loan["days_late"], page["fines_accruing"]


def test_a_claimed_copy_is_on_the_page_and_not_late(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=2), quantity=2)
    first, second = (copy["id"] for copy in loan["copies"])
    town.moves_to(seoul(3, 18))
    assert lateness(town) == (2, 2, 2, 500)
    claimed(town, first)
    assert lateness(town) == (2, 1, 2, 500)
    town.moves_to(seoul(3, 25))
    assert lateness(town) == (2, 1, 9, 1500)  # each comes back for a day of its own
    claimed(town, second)
    town.moves_to(seoul(4, 20))
    assert lateness(town) == (2, 0, 9, 1500)
    shown = town.loan(town.haneul, loan)
    assert (shown["overdue"], shown["outstanding"]) == (False, 2)
    assert counts_of_the_day(timezone.now(), {"overdue"})["overdue"] == 0
    town.give_back(town.librarian, loan)
    assert town.page(town.haneul)["fines_outstanding"] == 1500
    assert list(drift()) == []


def test_a_claim_stays_whatever_happens_to_the_loan(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=3), quantity=3)
    claimed(town, loan["copies"][0]["id"])
    assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200
    town.bus.settle()
    town.moves_to(seoul(4, 1))
    assert lateness(town) == (3, 2, 2, 500)
    call_command("sweep_overdue", stdout=StringIO())
    town.bus.settle()
    told = Event.objects.get(name="BookExpired").payload
    assert told["claimed"] == {str(loan["copies"][0]["id"]): "2026-03-02"}
    assert lateness(town) == (3, 2, 2, 500)
    back = town.give_back(town.haneul, loan, quantity=1)
    assert lateness(town) == (2, 1, 2, 500)
    assert town.librarian.post(f"returns/{back['return_id']}/undo", {"reason": "다른 책"}).status_code == 200
    town.bus.settle()
    assert lateness(town) == (3, 2, 2, 500)
    assert list(drift()) == []


def test_days_without_loans_are_counted_to_the_claim(town: Town) -> None:
    new_policy(late__as="suspension", late__suspension="sum")
    loan = town.lend(town.haneul, town.book(copies=2), quantity=2)
    town.moves_to(seoul(3, 18))
    claimed(town, loan["copies"][0]["id"])
    town.moves_to(seoul(3, 20))
    accruing = town.page(town.haneul)["suspension_accruing_days"]
    until = town.give_back(town.librarian, loan)["suspended_until"]
    assert (accruing, until) == (4, "2026-03-23")  # two days from the 18th, and four from the 20th


def test_moved_due_dates_and_lost_copies_tell_of_claims_and_items(town: Town) -> None:
    new_policy(late__lost_after_days=20)
    book = town.book(copies=0)
    town.librarian.post(f"books/{book}/copies", {"count": 3, "items": ["CD"]})
    town.bus.settle()
    loan = town.lend(town.haneul, book, quantity=3)
    first, second, _third = (copy["id"] for copy in loan["copies"])
    claimed(town, first)
    closure = {"from": "2026-03-16", "to": "2026-03-17", "reason": "공사"}
    number = town.librarian.post("closures", closure).json()["id"]
    assert town.librarian.post(f"closures/{number}/move-due-dates").json() == {"moved": 1}
    town.bus.settle()
    moved = Event.objects.get(name="DueDateChanged").payload
    assert (len(moved["items_out"]), moved["claimed"]) == (3, {str(first): "2026-03-02"})
    town.librarian.post(f"copies/{second}/mark", {"as": "lost"})
    town.bus.settle()
    town.moves_to(seoul(4, 7))
    call_command("mark_lost", stdout=StringIO())
    town.bus.settle()
    lost = Event.objects.filter(name="CopyLost").latest("pk").payload
    assert (lost["outstanding"], lost["items_out"], lost["claimed"]) == (1, {str(first): 1}, {str(first): "2026-03-02"})
    assert lateness(town)[:2] == (1, 0)
    assert list(drift()) == []
