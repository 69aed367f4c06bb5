"""Each renewal is counted by itself, also where two of a loan lead to one due date."""

from dataclasses import fields
from typing import Any

import pytest

from kernel.eventbus.models import Event
from kernel.eventbus.records import records_of
from kernel.eventbus.registry import event_of
from lending.events import RenewalUndone
from reporting.counting import count_stale_days
from reporting.handlers import count_loans
from reporting.models import DayCount, RenewalFact
from tests.factories import Town, new_policy
from tests.reporting.recount import counted, recounted

pytestmark = pytest.mark.django_db


@pytest.fixture
def loan(town: Town) -> dict[str, Any]:
    """A loan that may be renewed often, each time from the day on which it is asked."""
    new_policy(renewal__max=5, renewal__from="today")
    return town.lend(town.haneul, town.book())


def renew(town: Town, loan: dict[str, Any], times: int = 1) -> None:
    """So many renewals on one day, which lead to one due date."""
    for _each in range(times):
        assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200
    town.bus.settle()


def undo(town: Town, loan: dict[str, Any]) -> None:
    """The last renewal was a mistake."""
    assert town.librarian.post(f"loans/{loan['id']}/renew/undo", {"reason": "착오"}).status_code == 200
    town.bus.settle()


def renewals() -> int:
    """How many copies were renewed, as the statistics have it."""
    count_stale_days()
    return sum(DayCount.objects.filter(what="renewals").values_list("number", flat=True))


def test_renewals_to_one_due_date_are_counted_each(town: Town, loan: dict[str, Any]) -> None:
    renew(town, loan, 2)
    assert renewals() == 2
    undo(town, loan)
    assert renewals() == 1 == town.loan(town.haneul, loan)["renewals"]
    undo(town, loan)
    renew(town, loan)
    assert renewals() == 1
    assert counted() == recounted()


def as_0_4_0_kept_it(loan: dict[str, Any]) -> None:
    """By its due date."""
    RenewalFact.objects.filter(loan_id=loan["id"]).update(key=f"{loan['id']}:{loan['due_on']}")


def test_a_renewal_that_0_4_0_kept_is_counted_once_when_it_is_heard_of_again(town: Town, loan: dict[str, Any]) -> None:
    renew(town, loan)
    as_0_4_0_kept_it(loan)
    count_loans([event_of(one) for one in records_of(Event.objects.filter(name="LoanRenewed"))])
    assert renewals() == 1


def test_a_renewal_that_0_4_0_kept_is_undone(town: Town, loan: dict[str, Any]) -> None:
    renew(town, loan)
    as_0_4_0_kept_it(loan)
    undo(town, loan)
    assert renewals() == 0


def test_what_0_4_0_undid_is_the_newest_renewal_and_undone_once(town: Town, loan: dict[str, Any]) -> None:
    renew(town, loan, 2)
    version = RenewalFact.objects.order_by("-version").values_list("version", flat=True)[0] + 1
    facts = event_of(records_of(Event.objects.filter(name="LoanRenewed").order_by("-pk"))[0])
    known = {one.name: getattr(facts, one.name) for one in fields(facts)}
    undone = RenewalUndone(**{**known, "version": version}, due_before=facts.due_on)
    for _each in range(2):
        count_loans([undone])
    assert renewals() == 1
