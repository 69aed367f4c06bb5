"""RULES 5.3: which marks a copy takes, and what follows for its loan."""

import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from kernel.eventbus.models import Event
from kernel.eventbus.registry import facts_of
from lending.models import Copy, LoanLine
from library.operations.drift import drift
from tests.factories import Town, new_policy, refusal, seoul


def mark(town: Town, copy: int, how: str, **more: Any) -> Any:
    """The librarian marks a copy; everybody hears of it."""
    answer = town.librarian.post(f"copies/{copy}/mark", {"as": how, **more})
    town.bus.settle()
    return answer


def marked(town: Town, copy: int, how: str, **more: Any) -> dict[str, Any]:
    """What a mark that is made answers, which the catalogue shows too."""
    answer = mark(town, copy, how, **more)
    assert answer.status_code == 200, answer.json()
    facts = answer.json()
    shown = town.librarian.get(f"copies/{copy}").json()
    assert {name: shown[name] for name in facts} == facts
    assert list(drift()) == []
    return dict(facts)


def told(name: str) -> dict[str, Any]:
    """The last event of that name."""
    return facts_of(Event.objects.filter(name=name).latest("pk"))


def test_a_lost_copy_leaves_its_loan(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.lend(town.haneul, book, quantity=2)
    lost, kept = (copy["id"] for copy in loan["copies"])
    town.moves_to(seoul(3, 20))
    facts = marked(town, lost, "lost", reason="물에 빠뜨림")
    assert (facts["where"], facts["condition"], facts["loan"]) == (None, "lost", None)

    now = town.loan(town.haneul, loan)
    assert (now["status"], now["outstanding"]) == ("active", 1)
    assert [copy["lost_at"] is not None for copy in now["copies"]] == [True, False]
    page = town.page(town.haneul)
    assert (page["copies_on_loan"], page["copies_overdue"]) == (1, 1)
    event = told("CopyLost")
    assert (event["patron"], event["loan"], event["copy"], event["due_on"]) == (
        town.haneul.id,
        loan["id"],
        lost,
        "2026-03-16",
    )
    assert (event["lost_on"], event["days_late"], event["days_counted"], event["late_as"]) == (
        "2026-03-20",
        4,
        4,
        "fine",
    )

    marked(town, kept, "lost")
    now = town.loan(town.haneul, loan)
    assert (now["status"], now["outstanding"], now["overdue"]) == ("returned", 0, False)
    assert (town.available(book), town.listed(book)) == (0, 0)


def test_a_lost_copy_counts_for_no_limit(town: Town) -> None:
    new_policy(loan__max_copies=1)
    loan = town.lend(town.haneul, town.book())
    other = town.book()
    assert refusal(town.haneul.post("loans", {"book": other})) == (409, "loan_limit_reached")
    marked(town, loan["copies"][0]["id"], "lost")
    town.lend(town.haneul, other)


def test_a_lost_copy_that_is_found_stands_on_the_shelf_again(town: Town) -> None:
    book = town.book()
    loan = town.lend(town.haneul, book)
    copy = loan["copies"][0]["id"]
    town.moves_to(seoul(3, 20))
    marked(town, copy, "lost")
    town.moves_to(seoul(4, 20))
    facts = marked(town, copy, "found")
    assert (facts["where"], facts["condition"], facts["loan"]) == ("shelf", "ok", None)
    assert (town.available(book), town.listed(book)) == (1, 1)
    event = told("CopyFound")
    assert (event["loan"], event["patron"], event["lost_on"], event["found_on"]) == (
        loan["id"], town.haneul.id, "2026-03-20", "2026-04-20",
    )  # fmt: skip
    town.lend(town.jo, book)
    assert town.loan(town.haneul, loan)["status"] == "returned"


def test_a_copy_lost_from_the_shelf_concerns_no_loan(town: Town) -> None:
    book = town.book()
    loan = town.lend(town.haneul, book)
    copy = loan["copies"][0]["id"]
    marked(town, copy, "lost")
    marked(town, copy, "found")
    marked(town, copy, "lost")
    assert (told("CopyLost")["loan"], told("CopyLost")["patron"]) == (None, None)
    marked(town, copy, "found")
    assert told("CopyFound")["loan"] is None


def test_who_brings_the_same_book_replaces_a_lost_copy(town: Town) -> None:
    book = town.book()
    loan = town.lend(town.haneul, book)
    copy = loan["copies"][0]["id"]
    (new,) = town.librarian.post(f"books/{book}/copies", {"barcodes": ["NEW-1"]}).json()
    town.bus.settle()
    assert refusal(mark(town, copy, "replaced", barcode="NEW-1")) == (409, "not_markable")
    marked(town, copy, "lost")
    other = town.book()
    (elsewhere,) = town.copy_ids(other)
    wrong = town.librarian.get(f"copies/{elsewhere}").json()["barcode"]
    for body in ({}, {"barcode": wrong}, {"barcode": loan["copies"][0]["barcode"]}, {"barcode": "NONE"}):
        assert mark(town, copy, "replaced", **body).status_code == 400
    facts = marked(town, copy, "replaced", barcode="new-1")
    assert (facts["condition"], facts["where"]) == ("lost", None)
    assert (told("CopyReplaced")["replaced_by"], told("CopyReplaced")["loan"]) == (new["id"], loan["id"])
    assert refusal(mark(town, copy, "replaced", barcode="NEW-1")) == (409, "not_markable")


def test_a_copy_replaces_one_lost_copy_and_is_not_lost_itself(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.lend(town.haneul, book, quantity=2)
    first, second = (copy["id"] for copy in loan["copies"])
    for copy in (first, second):
        marked(town, copy, "lost")
    assert mark(town, first, "replaced", barcode=loan["copies"][1]["barcode"]).status_code == 400
    town.librarian.post(f"books/{book}/copies", {"barcodes": ["NEW-1"]})
    town.bus.settle()
    marked(town, first, "replaced", barcode="NEW-1")
    assert mark(town, second, "replaced", barcode="NEW-1").status_code == 400
    marked(town, first, "found")
    marked(town, second, "replaced", barcode="NEW-1")


def test_what_is_claimed_to_be_returned_stays_out_and_late_days_stop(town: Town) -> None:
    new_policy(block__while_overdue=True)
    book = town.book()
    loan = town.lend(town.haneul, book)
    copy = loan["copies"][0]["id"]
    town.moves_to(seoul(3, 18))
    facts = marked(town, copy, "claimed_returned")
    assert (facts["where"], facts["condition"], facts["loan"]) == ("loan", "claimed_returned", loan["id"])
    assert town.loan(town.haneul, loan)["outstanding"] == 1
    town.lend(town.haneul, town.book())  # nothing is overdue

    town.moves_to(seoul(3, 28))
    marked(town, copy, "found")
    event = told("BookReturned")
    assert (event["returned_on"], event["days_late"]) == ("2026-03-18", 2)
    assert town.loan(town.haneul, loan)["status"] == "returned"
    assert (town.available(book), Copy.objects.get(pk=copy).condition) == (1, "ok")


def test_what_is_claimed_to_be_returned_is_not_announced_as_overdue(town: Town) -> None:
    alone = town.lend(town.haneul, town.book())["copies"][0]["id"]
    loan = town.lend(town.haneul, town.book(copies=2), quantity=2)
    for copy in (alone, loan["copies"][0]["id"]):
        marked(town, copy, "claimed_returned")
    town.moves_to(seoul(3, 20))
    call_command("sweep_overdue", "--dry-run", stdout=(counted := StringIO()))
    assert counted.getvalue().startswith("1 loan fell")
    call_command("sweep_overdue", stdout=StringIO())
    assert [event.payload["loan"] for event in Event.objects.filter(name="BookExpired")] == [loan["id"]]


def test_what_comes_back_after_all_counts_for_the_day_of_the_claim(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=2), quantity=2)
    claimed, other = (copy["id"] for copy in loan["copies"])
    town.moves_to(seoul(3, 18))
    marked(town, claimed, "claimed_returned")
    town.moves_to(seoul(3, 28))
    back = town.give_back(town.haneul, loan, quantity=1)
    assert (back["days_late"], back["outstanding"]) == (12, 1)
    assert LoanLine.objects.get(copy=other).ending == "returned"
    back = town.give_back(town.haneul, loan)
    assert (back["days_late"], back["outstanding"]) == (2, 0)
    assert Copy.objects.get(pk=claimed).condition == "ok"


def test_all_at_once_each_copy_counts_for_its_own_day(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=2), quantity=2)
    town.moves_to(seoul(3, 18))
    marked(town, loan["copies"][0]["id"], "claimed_returned")
    town.moves_to(seoul(3, 28))
    assert town.give_back(town.haneul, loan)["days_late"] == 12
    days = [event.payload["days_late"] for event in Event.objects.filter(name="BookReturned").order_by("pk")]
    assert days == [2, 12]


AT_HOME = ("damaged", "missing", "in_repair")


@pytest.mark.parametrize("how", AT_HOME)
def test_what_is_out_is_not_marked_so(town: Town, how: str) -> None:
    copy = town.lend(town.haneul, town.book())["copies"][0]["id"]
    assert refusal(mark(town, copy, how)) == (409, "on_loan")
    marked(town, copy, "claimed_returned")
    assert refusal(mark(town, copy, how)) == (409, "on_loan")


@pytest.mark.parametrize("how", AT_HOME)
def test_what_is_not_in_order_is_not_in_stock(town: Town, how: str) -> None:
    book = town.book()
    (copy,) = town.copy_ids(book)
    facts = marked(town, copy, how)
    assert (facts["condition"], facts["where"]) == (how, None if how == "missing" else "shelf")
    assert (town.available(book), town.listed(book)) == (0, 0)
    assert refusal(town.haneul.post("loans", {"book": book})) == (409, "out_of_stock")
    wanted = {"patron": town.haneul.id, "barcode": facts["barcode"]}
    codes = [one["code"] for one in town.librarian.post("loans", wanted).json()["reasons"]]
    assert codes == ["out_of_stock", "copy_not_lendable"]
    assert refusal(mark(town, copy, how)) == (409, "not_markable")
    marked(town, copy, "found" if how == "missing" else "available")
    assert (town.available(book), town.listed(book)) == (1, 1)


@pytest.mark.parametrize(
    ("before", "how"),
    [
        ("", "found"), ("", "available"), ("", "claimed_returned"), ("missing", "available"), ("damaged", "found"),
        ("lost", "lost"), ("lost", "available"), ("lost", "missing"), ("lost", "damaged"), ("lost", "claimed_returned"),
    ],
)  # fmt: skip
def test_a_mark_that_does_not_fit_changes_nothing(town: Town, before: str, how: str) -> None:
    (copy,) = town.copy_ids(town.book())
    if before:
        marked(town, copy, before)
    events = Event.objects.count()
    assert refusal(mark(town, copy, how)) == (409, "not_markable")
    assert Event.objects.count() == events


def test_a_withdrawn_or_unknown_copy_is_not_found(town: Town) -> None:
    (copy,) = town.copy_ids(town.book())
    assert town.librarian.delete(f"copies/{copy}").status_code == 204
    town.bus.settle()
    assert mark(town, copy, "lost").status_code == mark(town, 987_654, "lost").status_code == 404


def test_a_copy_that_was_only_just_added_is_waited_for(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    book = town.book()
    (new,) = town.librarian.post(f"books/{book}/copies", {"barcodes": ["NEW-2"]}).json()
    monkeypatch.setattr(time, "sleep", lambda _seconds: town.bus.settle())
    marked(town, new["id"], "missing")


def test_nobody_waits_long_or_for_what_was_not_announced(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []
    monkeypatch.setattr(time, "sleep", naps.append)
    assert mark(town, 987_654, "lost").status_code == 404
    assert not naps
    town.librarian.post(f"books/{town.book()}/copies", {"count": 1})
    assert town.librarian.post("copies/987654/mark", {"as": "lost"}).status_code == 404
    assert sum(naps) == pytest.approx(2)


def test_a_loan_of_which_a_copy_was_lost_at_once_is_not_undone(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=2), quantity=2)
    marked(town, loan["copies"][0]["id"], "lost")
    assert refusal(town.librarian.post(f"loans/{loan['id']}/undo", {"reason": "잘못 찍음"})) == (409, "not_undoable")


def test_a_loan_of_which_a_copy_was_lost_is_not_undone(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=2), quantity=2)
    back = town.give_back(town.haneul, loan, quantity=1)
    town.days_pass(1)
    out = next(copy["id"] for copy in back["copies"] if copy["returned_at"] is None)
    marked(town, out, "lost")
    for path in (f"returns/{back['return_id']}/undo", f"loans/{loan['id']}/undo"):
        assert refusal(town.librarian.post(path, {"reason": "잘못 찍음"})) == (409, "not_undoable")
