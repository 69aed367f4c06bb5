"""Nothing but a late return charges: no sweep, no check, no replay, no rebuilding."""

from collections.abc import Callable

import pytest
from django.core.management import call_command

from fines.models import Entry, Fine
from kernel.eventbus.delivery.worker import deliver_due
from lending.deferral.tasks import decide_requested_loans
from lending.overdue.tasks import announce_overdue_loans
from library.operations.set_up import set_up
from tests.factories import Town

COMMANDS: dict[str, Callable[[], object]] = {
    "sweep_overdue": lambda: call_command("sweep_overdue"),
    "sweep_overdue of an earlier day": lambda: call_command("sweep_overdue", "--as-of", "2026-02-01"),
    "the clock's own sweep": announce_overdue_loans,
    "the clock's decisions": decide_requested_loans,
    "check_dashboard": lambda: call_command("check_dashboard"),
    "replay dashboard": lambda: call_command("replay", "dashboard"),
    "replay fines": lambda: call_command("replay", "fines"),
    "replay lending": lambda: call_command("replay", "lending"),
    "the set-up after a migration": set_up,
    "the worker": deliver_due,
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_loan_six_weeks_late_costs_nothing_while_it_is_out(town: Town, name: str) -> None:
    town.lend_long_ago(town.haneul, town.book(copies=3), quantity=3)
    COMMANDS[name]()
    town.bus.settle()

    assert (Fine.objects.count(), Entry.objects.count()) == (0, 0)
    page = town.page(town.haneul)
    assert (page["fines_outstanding"], page["fines_accruing"], page["copies_overdue"]) == (0, 2000, 3)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_was_charged_once_is_not_charged_again(town: Town, name: str) -> None:
    fines = town.fines(town.haneul, 2)
    COMMANDS[name]()
    town.bus.settle()
    assert list(reversed(town.haneul.get("fines").json()["results"])) == fines


def test_renewing_and_the_passing_of_days_cost_nothing(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200
    town.days_pass(28)
    town.bus.settle()
    assert town.page(town.haneul)["fines_accruing"] == 0
    assert town.give_back(town.haneul, loan)["days_late"] == 0
    assert Fine.objects.count() == 0
