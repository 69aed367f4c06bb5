"""Rule 5.6: each loan that fell overdue is announced once, ever, and nothing is charged."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fines.models import Fine
from kernel.eventbus.models import Event
from kernel.eventbus.records import records_of
from kernel.eventbus.registry import event_of, facts_of
from lending.events import BookExpired
from lending.models import Loan
from lending.overdue import services as overdue
from lending.overdue.services import sweep_overdue
from library.operations.drift import drift
from tests.factories import Town, everything_on_record, seoul


def sweep(*options: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("sweep_overdue", *options, stdout=out)
    return out.getvalue()


def announced() -> list[int]:
    """The loans that were announced, in their order."""
    return [event.payload["loan"] for event in Event.objects.filter(name="BookExpired").order_by("pk")]


def overdue_loans(town: Town, count: int) -> list[int]:
    """Loans that are late since 20 January."""
    book = town.book(copies=count)
    return [town.lend_long_ago(town.haneul, book)["id"] for _ in range(count)]


def test_each_loan_is_announced_once_ever(town: Town) -> None:
    loans = overdue_loans(town, 3)
    assert sweep() == "3 loans fell overdue by 2026-03-02 and were announced\n"
    assert sweep() == "0 loans fell overdue by 2026-03-02 and were announced\n"
    town.days_pass(30)
    assert sweep().startswith("0 loans")
    assert announced() == loans


def test_an_announcement_tells_the_loan_and_charges_nothing(town: Town) -> None:
    loan = town.lend_long_ago(town.haneul, town.book(copies=3), quantity=3)
    town.give_back(town.haneul, loan, quantity=1)
    fines = Fine.objects.count()
    sweep()
    town.bus.settle()

    told = Event.objects.get(name="BookExpired").payload
    assert (told["loan"], told["outstanding"], told["due_on"]) == (loan["id"], 2, "2026-01-19")
    assert Fine.objects.count() == fines
    assert town.page(town.haneul)["copies_overdue"] == 2
    assert list(drift()) == []


def test_an_announcement_is_what_the_loan_itself_would_tell(town: Town) -> None:
    made = town.lend_long_ago(town.haneul, town.book(copies=2, title='"운수" \\ 좋은 날'), quantity=2)
    sweep()
    loan, event = Loan.objects.get(pk=made["id"]), Event.objects.get(name="BookExpired")
    told = BookExpired(**loan.facts(event.occurred_at, outstanding=2))
    assert [event_of(record) for record in records_of(Event.objects.filter(pk=event.pk))] == [told]
    assert facts_of(event) == json.loads(told.payload())
    assert (event.key, event.occurred_at) == (told.key, loan.expired_at)


def test_of_loans_announced_together_each_tells_its_own_items(town: Town) -> None:
    with_items = town.book(copies=0)
    town.librarian.post(f"books/{with_items}/copies", {"count": 1, "items": ["CD"]})
    town.bus.settle()
    loans = [town.lend(town.haneul, book) for book in (town.book(), with_items, town.book())]
    town.moves_to(seoul(3, 20))
    sweep()
    told = [facts_of(event)["items_out"] for event in Event.objects.filter(name="BookExpired").order_by("pk")]
    assert (announced(), told) == ([loan["id"] for loan in loans], [{}, {str(loans[1]["copies"][0]["id"]): 1}, {}])


def test_a_loan_is_overdue_the_day_after_its_due_date(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 16, 23, 59))
    assert sweep().startswith("0 loans")
    town.moves_to(seoul(3, 17, 0, 1))
    assert sweep().startswith("1 loan ")
    assert announced() == [loan["id"]]


def test_a_sweep_can_look_back_at_an_earlier_day(town: Town) -> None:
    early = town.lend_long_ago(town.haneul, town.book(), day="2026-01-05")
    later = town.lend_long_ago(town.haneul, town.book(), day="2026-02-05")
    assert sweep("--as-of", "2026-01-19").startswith("0 loans")
    assert sweep("--as-of", "2026-01-20").startswith("1 loan fell overdue by 2026-01-20")
    assert announced() == [early["id"]]
    sweep()
    assert announced() == [early["id"], later["id"]]


def test_a_dry_run_only_counts(town: Town) -> None:
    overdue_loans(town, 2)
    before = everything_on_record()
    assert sweep("--dry-run") == "2 loans fell overdue by 2026-03-02 and would be announced\n"
    assert everything_on_record() == before


def test_what_is_back_or_renewed_is_not_announced(town: Town) -> None:
    back, renewed = (town.lend(town.haneul, town.book()) for _ in range(2))
    town.give_back(town.haneul, back)
    assert town.haneul.post(f"loans/{renewed['id']}/renew").status_code == 200
    town.ask_for(town.haneul, town.book())
    town.moves_to(seoul(3, 20))
    assert sweep().startswith("0 loans")


def test_a_sweep_stopped_half_way_does_the_rest_when_run_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdue, "BATCH", 2)
    loans = overdue_loans(town, 5)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep_overdue(as_of=date(2026, 3, 2), now=timezone.now(), progress=stop)
    assert announced() == loans[:2]

    batches: list[int] = []
    assert sweep_overdue(as_of=date(2026, 3, 2), now=timezone.now(), progress=batches.append) == 3
    assert (announced(), batches) == (loans, [2, 1])
    town.bus.settle()
    assert list(drift()) == []


def test_who_brings_an_announced_loan_back_is_charged_once(town: Town) -> None:
    loan = town.lend_long_ago(town.haneul, town.book())
    sweep()
    town.give_back(town.haneul, loan)
    assert town.page(town.haneul)["fines_outstanding"] == 2000


@pytest.mark.parametrize(
    ("option", "why"), [("2026-03-03", "2026-03-03 is in the future"), ("gestern", "gestern is not a day")]
)
def test_a_day_that_can_not_be_is_refused(town: Town, option: str, why: str) -> None:
    overdue_loans(town, 1)
    with pytest.raises(CommandError, match=why) as stopped:
        sweep(f"--as-of={option}")
    assert stopped.value.returncode == 1
    assert announced() == []


def test_the_number_of_statements_does_not_grow_with_the_loans(town: Town) -> None:
    overdue_loans(town, 1)
    with CaptureQueriesContext(connection) as one:
        sweep()
    overdue_loans(town, 9)
    with CaptureQueriesContext(connection) as nine:
        sweep()
    assert len(nine) == len(one)
