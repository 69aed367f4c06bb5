"""What was accepted for later is done by one worker at a time, once, and not while lending is overloaded."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lending.deferral import tasks
from lending.deferral.services import carry_out_return, take_lease
from lending.deferral.tasks import decide_requested_loans
from lending.models import DeferredReturn
from tests.admin.door import Door
from tests.factories import Town, new_policy, refusal
from tests.lending.overload import overloaded
from tests.stories.test_overload import a_moment_later, breathes_again


def test_deciding_waits_while_lending_does_not_breathe(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "TIME_LIMIT", 0.2)
    loan = town.ask_for(town.haneul, town.book())
    with overloaded():
        assert decide_requested_loans() == 0
    assert town.loan(town.haneul, loan)["status"] == "requested"
    assert breathes_again(town) == 1


def test_one_worker_at_a_time_does_what_was_deferred(town: Town) -> None:
    loan, now = town.ask_for(town.haneul, town.book()), timezone.now()
    assert take_lease(tasks.WORK, now=now, until=now + timedelta(seconds=20))
    tasks.answer_call()
    assert town.loan(town.haneul, loan)["status"] == "requested"

    town.clock.shift(21)  # whoever had the turn has died
    tasks.answer_call()
    assert town.loan(town.haneul, loan)["status"] == "active"
    assert take_lease(tasks.WORK, now=timezone.now(), until=now)


def test_where_nobody_is_let_in_a_worker_decides_all_the_same(town: Town) -> None:
    """`LENDING_AT_ONCE=0` is in the environment of web and worker, where one command starts both."""
    with overloaded():
        loan = town.haneul.post("loans", {"book": town.book()}).json()
        tasks.answer_call()
    assert town.loan(town.haneul, loan)["status"] == "active"


def test_a_turn_taken_before_the_clock_was_set_back_is_over(db: None) -> None:
    now, turn = timezone.now(), timedelta(seconds=20)
    assert take_lease(tasks.WORK, now=now + timedelta(hours=2), until=now + timedelta(hours=2) + turn)
    assert take_lease(tasks.WORK, now=now, until=now + turn)
    assert not take_lease(tasks.WORK, now=now, until=now + turn)


def test_two_workers_with_the_same_return_bring_back_one_copy(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=2), quantity=2)
    with overloaded():
        assert town.haneul.post(f"loans/{loan['id']}/return", {"quantity": 1}).status_code == 202
    deferred = DeferredReturn.objects.get()
    for _ in range(2):
        carry_out_return(deferred.pk, now=timezone.now())
    assert town.loan(town.haneul, loan)["outstanding"] == 1


def test_what_comes_back_at_the_desk_only_is_refused_at_once(town: Town) -> None:
    new_policy(loan__self_return=False)
    loan = town.lend(town.haneul, town.book())
    with overloaded():
        assert refusal(town.haneul.post(f"loans/{loan['id']}/return")) == (409, "only_at_the_desk")
    assert not DeferredReturn.objects.exists()


@pytest.mark.parametrize("self_return", [False, "drop_box"])
@pytest.mark.parametrize("door", ["desk", "copy", "loan"])
def test_what_a_librarian_borrowed_comes_back_at_the_desk_as_anybodys_does(
    town: Town, door: str, self_return: object
) -> None:
    new_policy(loan__self_return=self_return)
    book = town.book()
    loan = town.lend(town.librarian, book)
    barcode = loan["copies"][0]["barcode"]
    a_moment_later(town)
    desk = Door(town.librarian.user)
    with overloaded():
        if door == "desk":
            assert "The return is accepted and done soon." in desk.scan(barcode)
        else:
            call, sent = ("returns", {"barcode": barcode}) if door == "copy" else (f"loans/{loan['id']}/return", {})
            assert town.librarian.post(call, sent).status_code == 202
    assert breathes_again(town) == 1
    assert (town.loan(town.librarian, loan)["status"], town.available(book)) == ("returned", 1)
