"""RULES 5.3 and R11: the lost sweep marks what is late for as long as the rules say, once, as of its day."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.categories.models import Category
from accounts.models import User
from kernel.eventbus.models import Event
from lending.marks import sweep as lost
from lending.marks.sweep import mark_lost
from lending.models import Act, Copy
from library.operations.drift import drift
from tests.factories import Town, everything_on_record, new_policy, seoul


def sweep(*options: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("mark_lost", *options, stdout=out)
    return out.getvalue()


def told() -> list[dict[str, Any]]:
    """What was announced, in its order."""
    return [event.payload for event in Event.objects.filter(name="CopyLost").order_by("pk")]


@pytest.fixture
def town(town: Town) -> Town:
    """A library whose books are lost when they are 21 days late (R11: no late fines)."""
    new_policy(loan__days=14, late__as="nothing", late__lost_after_days=21)
    return town


def test_a_copy_is_lost_on_the_day_when_it_is_late_for_so_long(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())  # due on 16 March
    town.moves_to(seoul(4, 5, 23, 59))
    assert sweep() == "0 copies were late for too long by 2026-04-05: marked as lost\n"
    town.moves_to(seoul(4, 6, 0, 1))
    assert sweep() == "1 copy was late for too long by 2026-04-06: marked as lost\n"
    assert sweep().startswith("0 copies")
    town.bus.settle()

    (event,) = told()
    assert (event["loan"], event["patron"], event["lost_on"]) == (loan["id"], town.haneul.id, "2026-04-06")
    assert (event["days_late"], event["days_counted"], event["late_as"]) == (21, 21, "nothing")
    now = town.loan(town.haneul, loan)
    assert (now["status"], now["outstanding"], now["overdue"]) == ("returned", 0, False)
    assert town.page(town.haneul)["copies_on_loan"] == 0
    shown = town.librarian.get(f"copies/{loan['copies'][0]['id']}").json()
    assert (shown["condition"], shown["where"], shown["loan"]) == ("lost", None, None)
    assert list(drift()) == []


def test_whenever_the_sweep_runs_it_was_lost_on_its_day(town: Town) -> None:
    town.lend(town.haneul, town.book())
    town.moves_to(seoul(5, 1))
    sweep()
    assert [event["lost_on"] for event in told()] == ["2026-04-06"]


def test_a_loan_keeps_the_rule_of_its_day(town: Town) -> None:
    town.lend(town.haneul, town.book())
    new_policy(date(2026, 3, 3), late__lost_after_days=None)
    town.moves_to(seoul(3, 3))
    town.lend(town.haneul, town.book())
    town.moves_to(seoul(6, 1))
    assert sweep().startswith("1 copy")


def test_what_is_back_or_claimed_to_be_is_not_lost(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=3), quantity=3)
    town.give_back(town.haneul, loan, quantity=1)
    claimed = loan["copies"][1]["id"]
    town.moves_to(seoul(3, 20))
    assert town.librarian.post(f"copies/{claimed}/mark", {"as": "claimed_returned"}).status_code == 200
    town.moves_to(seoul(4, 30))
    assert sweep().startswith("1 copy")
    town.bus.settle()
    assert (town.loan(town.haneul, loan)["status"], town.loan(town.haneul, loan)["outstanding"]) == ("active", 1)
    assert Copy.objects.get(pk=claimed).condition == "claimed_returned"
    assert list(drift()) == []


def test_a_dry_run_only_counts_and_a_day_may_be_past(town: Town) -> None:
    town.lend(town.haneul, town.book())
    town.moves_to(seoul(4, 10))
    before = everything_on_record()
    assert sweep("--dry-run") == "1 copy is late for too long by 2026-04-10 and would be marked as lost\n"
    assert everything_on_record() == before
    assert sweep("--as-of", "2026-04-05").startswith("0 copies")
    assert sweep("--as-of", "2026-04-06").startswith("1 copy")
    with pytest.raises(CommandError, match="future"):
        sweep("--as-of", "2026-04-11")


def test_a_sweep_stopped_half_way_does_the_rest_when_run_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost, "BATCH", 2)
    book = town.book(copies=5)
    loans = [town.take(town.haneul, book)["id"] for _ in range(5)]
    town.moves_to(seoul(4, 6))

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mark_lost(as_of=date(2026, 4, 6), now=timezone.now(), progress=stop)
    assert [event["loan"] for event in told()] == loans[:2]
    batches: list[int] = []
    assert mark_lost(as_of=date(2026, 4, 6), now=timezone.now(), progress=batches.append) == 3
    assert ([event["loan"] for event in told()], batches) == (loans, [2, 1])


def test_the_sweep_tells_of_a_copy_what_a_mark_by_hand_tells(town: Town) -> None:
    new_policy(date(2026, 3, 1), late__as="both", late__lost_after_days=21, items__late=True)
    Category.objects.create(pk="child", name_en="child")
    User.objects.filter(pk__in=[town.haneul.id, town.jo.id]).update(category="child")
    book = town.book(copies=0)
    town.librarian.post(f"books/{book}/copies", {"count": 5, "items": ["CD"], "price": 9_000})
    town.bus.settle()
    loans = [town.lend(patron, book, quantity=2) for patron in (town.jo, town.haneul)]
    nobodys = town.lend(town.librarian, book)
    town.moves_to(seoul(3, 20))
    for loan in loans:
        assert town.librarian.post(f"copies/{loan['copies'][0]['id']}/mark", {"as": "claimed_returned"}).json()
    town.moves_to(seoul(4, 6))
    assert town.librarian.post(f"copies/{loans[0]['copies'][1]['id']}/mark", {"as": "lost"}).status_code == 200
    assert sweep().startswith("2 copies")

    by_hand, swept, other = told()
    assert (other["loan"], other["category"], swept["category"]) == (nobodys["id"], "", "child")
    assert (swept["outstanding"], swept["late_items"], swept["price"]) == (1, 1, 9_000)
    assert list(swept["claimed"].items()) == [(str(loans[1]["copies"][0]["id"]), "2026-03-20")]
    assert [of_no_one(event) for event in (by_hand, swept)] == [of_no_one(by_hand)] * 2
    acts = Act.objects.filter(what="CopyLost").order_by("pk")
    assert [(act.via, act.patron_id, act.loan_id, act.copy_id) for act in acts][:2] == [
        ("api", town.jo.id, loans[0]["id"], by_hand["copy"]),
        ("", town.haneul.id, loans[1]["id"], swept["copy"]),
    ]
    town.bus.settle()
    assert list(drift()) == []


def of_no_one(event: dict[str, Any]) -> dict[str, Any]:
    """What an event tells, without the ids in it."""
    by_copy = {name: [*event[name].values()] for name in ("shelf", "items_out", "claimed")}
    return {**event, **by_copy, **dict.fromkeys(("copy", "loan", "patron"), 0)}
