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


def test_of_renewals_to_one_due_date_what_0_4_0_kept_is_counted_once_when_all_is_heard_of_again(
    town: Town, loan: dict[str, Any]
) -> None:
    renew(town, loan)
    undo(town, loan)
    renew(town, loan)
    newest = RenewalFact.objects.order_by("-version").values_list("pk", flat=True)[0]
    RenewalFact.objects.filter(pk=newest).update(key=f"{loan['id']}:{loan['due_on']}")
    said = Event.objects.filter(name__in=["LoanRenewed", "RenewalUndone"]).order_by("pk")
    count_loans([event_of(one) for one in records_of(said)])
    assert renewals() == 1


def test_a_renewal_that_0_4_0_kept_is_undone(town: Town, loan: dict[str, Any]) -> None:
    renew(town, loan)
    as_0_4_0_kept_it(loan)
    undo(town, loan)
    assert renewals() == 0


def undone_by_0_4_0() -> RenewalUndone:
    """What it announced of the newest renewal."""
    version = RenewalFact.objects.order_by("-version").values_list("version", flat=True)[0] + 1
    facts = event_of(records_of(Event.objects.filter(name="LoanRenewed").order_by("-pk"))[0])
    known = {one.name: getattr(facts, one.name) for one in fields(facts)}
    return RenewalUndone(**{**known, "version": version}, due_before=facts.due_on)


def test_what_0_4_0_undid_is_the_newest_renewal_and_undone_once(town: Town, loan: dict[str, Any]) -> None:
    renew(town, loan, 2)
    undone = undone_by_0_4_0()
    for _each in range(2):
        count_loans([undone])
    assert renewals() == 1


@pytest.mark.parametrize("earlier", [0, 1])
@pytest.mark.parametrize("at_once", [True, False])
def test_what_0_4_0_undid_and_kept_is_undone_when_all_is_heard_of_again(
    town: Town, loan: dict[str, Any], earlier: int, at_once: bool
) -> None:
    renew(town, loan, earlier + 1)
    undone, made = undone_by_0_4_0(), Event.objects.filter(name="LoanRenewed").order_by("pk")
    newest = RenewalFact.objects.order_by("-version").values_list("pk", flat=True)[0]
    RenewalFact.objects.exclude(pk=newest).delete()
    RenewalFact.objects.update(key=f"{loan['id']}:{undone.due_before}", version=undone.version, copies=0)
    heard = [*map(event_of, records_of(made)), undone]
    for _each in range(2):
        for batch in [heard] if at_once else [[one] for one in heard]:
            count_loans(batch)
    assert renewals() == earlier


def test_what_0_4_0_undid_leaves_what_it_kept_of_a_closed_month(town: Town, loan: dict[str, Any]) -> None:
    renew(town, loan, 2)
    undone = undone_by_0_4_0()
    first, second = RenewalFact.objects.order_by("version").values_list("pk", flat=True)
    RenewalFact.objects.filter(pk=second).update(key=f"{loan['id']}:2026-01-02", version=undone.version, copies=0)
    RenewalFact.objects.filter(pk=first).update(key=f"{loan['id']}:2026-01-01")
    count_loans([undone])
    assert renewals() == 1
