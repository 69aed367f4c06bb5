"""RULES 7: closed loans are nobody's after a time, in every table and every event, and nothing else changes."""

from datetime import date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dashboard.services import PAGES
from kernel.eventbus.models import Event
from kernel.eventbus.registry import handlers_of
from kernel.eventbus.stream.log import gather_all
from kernel.eventbus.stream.replay import replay
from kernel.eventbus.stream.snapshots import empty
from kernel.http.models import KeptAnswer
from lending.erasing import sweep as erasing
from lending.erasing.sweep import anonymise_loans, limits_of
from lending.erasing.tasks import anonymise_unwanted_history
from lending.models import Act, Block, Loan, Return
from library.operations.drift import drift
from tests.factories import SEOUL, Town, everything_on_record, new_policy, refusal, seoul


def sweep(*options: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("anonymise_loans", *options, stdout=out)
    return out.getvalue()


def about(loan: dict[str, Any]) -> list[Event]:
    """Everything that was announced of a loan, also where lending has a database of its own."""
    gather_all()
    return [event for event in Event.objects.order_by("pk") if event.payload.get("loan") == loan["id"]]


def dashboard() -> dict[str, Any]:
    """Every row of every page."""
    return {label: rows for label, rows in everything_on_record().items() if label.startswith("dashboard.")}


def built_anew() -> dict[str, Any]:
    """The same, from the log alone."""
    empty("dashboard", PAGES)
    for handler in handlers_of("dashboard").values():
        replay(handler, lambda _: None)
    return dashboard()


def years_pass(town: Town) -> None:
    """Two of them."""
    town.clock.move_to(datetime(2028, 3, 2, 10, tzinfo=SEOUL))
    for person in (town.librarian, town.haneul, town.jo):
        person.sign_in()


@pytest.fixture
def lived(town: Town) -> dict[str, Any]:
    """Two years in which most things happened that name a patron."""
    new_policy(late__as="both")
    own = town.lend(town.haneul, town.book(title="관촌수필"))
    late = town.lend_long_ago(town.haneul, town.book())
    town.give_back(town.haneul, late)
    lost = town.lend(town.jo, town.book())
    mark = {"as": "lost", "reason": "Jo told us"}
    assert town.librarian.post(f"copies/{lost['copies'][0]['id']}/mark", mark).status_code == 200
    block = town.librarian.post(f"patrons/{town.haneul.id}/blocks", {"reason": "로비에서 뛰었다"}).json()
    assert town.librarian.post(f"blocks/{block['id']}/lift", {"reason": "apologised"}).status_code == 200
    town.bus.settle()
    town.librarian.post(f"patrons/{town.haneul.id}/payments", {"amount": 2_000, "method": "cash"})
    town.give_back(town.haneul, own)
    town.bus.settle()
    years_pass(town)
    kept = town.lend(town.haneul, town.book())
    return {"own": own, "late": late, "lost": lost, "kept": kept}


def test_what_is_old_is_nobodys_in_every_table_and_every_event(town: Town, lived: dict[str, Any]) -> None:
    (by_patron,) = {event.by for event in about(lived["own"]) if event.name == "BookReturned"}
    assert by_patron == town.haneul.id
    assert sweep().startswith("5 loans, holds and bars that ended before 2027-03-03")
    town.bus.settle()

    for loan in (lived["own"], lived["late"], lived["lost"]):
        assert town.librarian.get(f"loans/{loan['id']}").json()["patron"] is None
        assert {event.payload["patron"] for event in about(loan)} == {None}
        assert {event.reason for event in about(loan)} == {""}
        assert not {event.by for event in about(loan)} & {town.haneul.id, town.jo.id}
    assert {event.payload["patron"] for event in about(lived["kept"])} == {town.haneul.id}
    bars = Event.objects.filter(name__in=["PatronBlocked", "BlockLifted", "PatronSuspended"])
    assert {(event.payload["patron"], event.key, event.reason) for event in bars} == {(None, "patron:None", "")}
    assert not Block.objects.exclude(patron=None)
    assert not Return.objects.exclude(patron_id=None)
    assert not Act.objects.exclude(patron=None)
    history = town.librarian.get(f"patrons/{town.haneul.id}/history").json()["results"]
    assert [entry["what"] for entry in history] == ["BookBorrowed"]
    assert town.librarian.get(f"patrons/{town.haneul.id}/account").json()["entries"] == []
    assert (town.librarian.get(f"loans?patron={town.haneul.id}").json()["results"][0])["id"] == lived["kept"]["id"]


def test_what_is_nobodys_is_not_renewed(town: Town, lived: dict[str, Any]) -> None:
    sweep()
    decided = {"override": ["not_on_loan"], "reason": "asked nicely"}
    for loan, wanted in ((lived["own"], None), (lived["late"], decided)):
        answer = town.librarian.post(f"loans/{loan['id']}/renew", wanted)
        assert (refusal(answer), answer.json()["reason"]) == ((409, "renewal_refused"), "not_on_loan")
        assert [one["code"] for one in answer.json()["reasons"]] == ["not_on_loan"]


def test_a_return_of_nobodys_loan_is_not_undone(town: Town, lived: dict[str, Any]) -> None:
    sweep()
    events = Event.objects.count()
    made = Return.objects.get(loan=lived["own"]["id"])
    assert refusal(town.librarian.post(f"returns/{made.pk}/undo", {"reason": "?"})) == (409, "not_undoable")
    assert (Event.objects.count(), Return.objects.get(pk=made.pk).voided_at) == (events, None)


def test_the_pages_built_anew_are_those_from_before(town: Town, lived: dict[str, Any]) -> None:
    sweep()
    town.bus.settle()
    before = dashboard()
    assert list(drift()) == []
    assert built_anew() == before


def test_open_money_and_running_suspensions_keep_a_loan(town: Town) -> None:
    new_policy(late__as="suspension", late__suspension_factor=30)
    suspended = town.lend_long_ago(town.haneul, town.book())
    town.give_back(town.haneul, suspended)
    new_policy(date(2026, 1, 6), late__as="fine")
    fined = town.lend_long_ago(town.jo, town.book(), day="2026-01-06")
    town.give_back(town.jo, fined)
    assert sweep("--older-than", "0").startswith("0 loans")
    town.moves_to(seoul(3, 3))
    assert sweep("--older-than", "0", "--dry-run").startswith("0 loans, holds and bars")
    (fine,) = town.jo.get("fines").json()["results"]
    town.librarian.post(f"fines/{fine['id']}/payments", {"amount": fine["amount"]})
    town.bus.settle()
    assert sweep("--older-than", "0").startswith("1 loan, hold or bar")
    town.bus.settle()
    assert town.librarian.get(f"fines/{fine['id']}").json()["patron"] is None
    assert town.librarian.get(f"patrons/{town.jo.id}/account").json()["balance"] == 0


def test_fines_paid_at_once_go_at_once(town: Town) -> None:
    first, second = town.fines(town.haneul, times=2)
    town.librarian.post(f"patrons/{town.haneul.id}/payments", {"amount": first["amount"] + 500, "method": "card"})
    town.bus.settle()
    town.moves_to(seoul(3, 3))
    assert sweep("--older-than", "0").startswith("1 loan, hold or bar")
    town.bus.settle()
    shown = town.librarian.get(f"patrons/{town.haneul.id}/account").json()
    assert (shown["balance"], len(shown["entries"])) == (second["amount"] - 500, 3)

    town.librarian.post(f"patrons/{town.haneul.id}/payments", {"amount": second["amount"] - 500, "method": "card"})
    town.bus.settle()
    town.days_pass(1)
    assert sweep("--older-than", "0").startswith("1 loan, hold or bar")
    town.bus.settle()
    assert town.librarian.get(f"patrons/{town.haneul.id}/account").json()["entries"] == []
    assert list(drift()) == []


def test_what_a_handler_has_not_processed_stays(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    assert town.haneul.post(f"loans/{loan['id']}/return").status_code == 200
    town.moves_to(seoul(3, 3))
    assert sweep("--older-than", "0").startswith("0 loans")
    town.bus.settle()
    assert sweep("--older-than", "0").startswith("1 loan, hold or bar")


def test_a_sweep_that_was_stopped_does_the_rest(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        town.give_back(town.haneul, town.lend(town.haneul, town.book()))
    town.moves_to(seoul(3, 3))
    monkeypatch.setattr(erasing, "BATCH", 1)
    limits = limits_of(as_of=timezone.localdate(), keep_days=0, now=timezone.now())

    class Killed(Exception):
        pass

    def stop(_: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        anonymise_loans(limits, now=timezone.now(), progress=stop)
    assert Loan.objects.filter(patron=None).count() == 1
    assert anonymise_loans(limits, now=timezone.now(), progress=lambda _: None) == 2
    told = [loan for event in Event.objects.filter(name="LoansAnonymised") for loan in event.payload["loans"]]
    assert len(told) == len(set(told)) == 3


def test_the_command_takes_days(town: Town) -> None:
    with pytest.raises(CommandError, match="in the future"):
        sweep("--as-of", "2026-03-03")
    with pytest.raises(CommandError, match="is not a day"):
        sweep("--as-of", "soon")
    with pytest.raises(CommandError, match="is not a whole number from 0 to"):
        sweep("--older-than", "-1")


def test_a_loan_of_who_keeps_no_history_is_nobodys_once_everybody_has_heard_that_it_is_over(town: Town) -> None:
    for patron, keeps in ((town.haneul, False), (town.jo, None)):
        assert patron.patch("me", {"keep_history": keeps}).status_code == 200
        town.lend(patron, town.book())
        town.give_back(patron, town.lend(patron, town.book()))
    late = town.lend_long_ago(town.haneul, town.book(), day="2026-02-14")
    town.haneul.post(f"loans/{late['id']}/return")
    town.clock.shift(1)
    assert anonymise_unwanted_history() == 1  # nobody has heard of the late one
    town.bus.settle()
    assert anonymise_unwanted_history() == 0  # and money is owed of it
    [fine] = town.haneul.get("fines").json()["results"]
    assert town.librarian.post(f"fines/{fine['id']}/payments", {"amount": fine["amount"]}).status_code == 201
    town.bus.settle()
    assert anonymise_unwanted_history() == 1
    town.bus.settle()
    assert [loan["status"] for loan in town.haneul.get("loans").json()["results"]] == ["active"]
    assert len(town.jo.get("loans").json()["results"]) == 2
    assert list(drift()) == []


def test_who_keeps_no_history_has_none_tomorrow_and_who_keeps_it_has_it_for_ever(town: Town) -> None:
    new_policy(late__as="suspension")
    assert town.haneul.patch("me", {"keep_history": False}).status_code == 200
    assert town.jo.patch("me", {"keep_history": True}).status_code == 200
    for patron in (town.haneul, town.jo):
        loan = town.lend(patron, town.book())
        town.give_back(patron, town.lend_long_ago(patron, town.book(), day="2026-02-14"))
        town.librarian.post(f"loans/{loan['id']}/return", headers={"Idempotency-Key": f"{patron.id}"})
        town.bus.settle()
    town.clock.move_to(seoul(3, 6, 3))  # the suspension is over
    assert sweep("--dry-run") == sweep().replace(": nobody's now", " would be made nobody's")
    town.bus.settle()
    assert {loan.patron_id for loan in Loan.objects.all()} == {None, town.jo.id}
    assert not Block.objects.filter(patron=town.haneul.id)
    kept = KeptAnswer.objects.filter(body__contains='"book":').values_list("body", flat=True)
    assert not [body for body in kept if f'"patron":{town.haneul.id},' in body]
    assert [body for body in kept if f'"patron":{town.jo.id},' in body]
    assert list(drift()) == []
    before = dashboard()
    assert built_anew() == before
    years_pass(town)
    assert sweep().startswith("1 loan, hold or bar")  # the suspension: what it was for stays in the history
    assert len(town.jo.get("loans").json()["results"]) == 2
