"""When lending can't keep up, people wait and nobody is thrown out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection

from fines.models import Fine
from lending.deferral.tasks import decide_requested_loans
from lending.models import DeferredReturn, Loan
from library.operations.drift import drift
from tests.factories import Town, everything_on_record, refusal
from tests.figures import figures
from tests.lending.overload import breaker_open, broken, overloaded


def breathes_again(town: Town) -> int:
    """A worker does what was deferred; everybody has heard of it then."""
    count = decide_requested_loans()
    town.bus.settle()
    assert list(drift()) == []
    return count


def a_moment_later(town: Town) -> None:
    """No two requests are asked for at the same microsecond."""
    town.clock.shift(1)


@contextmanager
def failing(chosen: Callable[[str], bool]) -> Iterator[list[str]]:
    """The first statement chosen fails as if the database could not do it."""
    failed: list[str] = []

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if not failed and chosen(sql):
            failed.append(sql)
            raise OperationalError("canceling statement due to lock timeout")
        return execute(sql, *rest)

    with connection.execute_wrapper(fail):
        yield failed


@pytest.mark.parametrize("trouble", [overloaded, breaker_open])
def test_a_borrow_is_accepted_and_lent_when_lending_breathes_again(town: Town, trouble: Any) -> None:
    book = town.book(copies=2, title="소년이 온다")
    with trouble():
        answer = town.haneul.post("loans", {"book": book, "quantity": 2})
        loan = answer.json()
        assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/loans/{loan['id']}")
        assert int(answer["Retry-After"]) >= 1
        assert "Preference-Applied" not in answer
        assert (loan["status"], loan["outstanding"], loan["copies"]) == ("requested", 0, [])
        assert town.loan(town.haneul, loan)["status"] == "requested"
        assert (town.available(book), town.page(town.haneul)["copies_on_loan"]) == (2, 0)

    assert breathes_again(town) == 1
    assert town.loan(town.haneul, loan)["status"] == "active"
    assert (town.available(book), town.listed(book), town.page(town.haneul)["copies_on_loan"]) == (0, 0, 2)


def test_who_asked_first_under_overload_gets_the_last_copy(town: Town) -> None:
    book = town.book()
    with overloaded():
        first, second = (person.post("loans", {"book": book}).json() for person in (town.jo, town.haneul))
    assert breathes_again(town) == 2
    assert town.loan(town.jo, first)["status"] == "active"
    told = town.loan(town.haneul, second)
    assert (told["status"], told["cancel_reason"]) == ("cancelled", "out_of_stock")


def test_what_can_never_be_lent_is_refused_at_once(town: Town) -> None:
    loan = town.take(town.haneul, town.book())
    with overloaded():
        assert refusal(town.haneul.post("loans", {"book": 999_999})) == (404, "not_found")
        assert refusal(town.haneul.post("loans", {"book": 1, "quantity": 0})) == (400, "invalid")
        assert refusal(town.haneul.post(f"loans/{loan['id']}/return", {"quantity": 2})) == (409, "not_on_loan")
        assert refusal(town.jo.post(f"loans/{loan['id']}/return", {})) == (404, "not_found")
        assert refusal(town.librarian.post("returns", {"barcode": "nowhere"})) == (409, "not_on_loan")
    assert breathes_again(town) == 0


def test_a_return_is_accepted_and_its_fee_is_by_the_moment_of_asking(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=4), quantity=4)
    town.days_pass(21)
    with overloaded():
        answer = town.haneul.post(f"loans/{loan['id']}/return", {"quantity": 3})
    assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/loans/{loan['id']}")
    assert int(answer["Retry-After"]) >= 1
    assert (answer.json()["outstanding"], answer.json()["status"]) == (4, "active")
    assert "days_late" not in answer.json()

    town.days_pass(3)
    assert breathes_again(town) == 1
    assert town.loan(town.haneul, loan)["outstanding"] == 1
    assert town.page(town.haneul)["fines_outstanding"] == 500


def test_a_return_put_off_is_done_once(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.lend(town.haneul, book, quantity=2)
    town.days_pass(30)
    with overloaded():
        answers = [town.haneul.post(f"loans/{loan['id']}/return", {}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]

    assert (breathes_again(town), breathes_again(town)) == (2, 0)
    assert town.loan(town.haneul, loan)["status"] == "returned"
    assert (town.available(book), Fine.objects.count()) == (2, 1)
    assert [one.refusal for one in DeferredReturn.objects.order_by("pk")] == ["", "not_on_loan"]


def test_the_desk_puts_off_the_return_of_that_very_copy(town: Town) -> None:
    book = town.book(copies=2)
    barcode = town.lend(town.haneul, book, quantity=2)["copies"][1]["barcode"]
    with overloaded():
        answer = town.librarian.post("returns", {"barcode": barcode})
    assert (answer.status_code, answer.json()["outstanding"]) == (202, 2)

    breathes_again(town)
    copies = town.librarian.get(answer["Location"]).json()["copies"]
    assert [copy["barcode"] for copy in copies if copy["returned_at"]] == [barcode]


def test_what_comes_back_is_there_for_those_who_asked(town: Town) -> None:
    book = town.book()
    loan = town.lend(town.jo, book)
    with overloaded():
        asked = town.haneul.post("loans", {"book": book}).json()
        assert town.jo.post(f"loans/{loan['id']}/return", {}).status_code == 202
    assert breathes_again(town) == 2
    assert town.loan(town.haneul, asked)["status"] == "active"


def test_the_desk_lends_the_copy_in_the_hand_now_or_waits(town: Town) -> None:
    book = town.book()
    (copy,) = town.librarian.get(f"books/{book}/copies").json()["results"]
    wanted = {"patron": town.haneul.id, "barcode": copy["barcode"]}
    with overloaded():
        before = everything_on_record()
        for sent in (wanted, {"patron": town.haneul.id, "book": book, "borrowed_on": "2026-02-27"}):
            answer = town.librarian.post("loans", sent)
            assert refusal(answer) == (503, "please_wait")
            assert int(answer["Retry-After"]) >= 1
        assert everything_on_record() == before
        plain = {"patron": town.jo.id, "book": book}
        assert town.librarian.post("loans", plain).status_code == 202
    assert town.librarian.post("loans", wanted).status_code == 201


def test_renewing_and_cancelling_wait(town: Town) -> None:
    loan, asked = town.lend(town.haneul, book := town.book(copies=2)), town.ask_for(town.haneul, book)
    with overloaded():
        assert refusal(town.haneul.post(f"loans/{loan['id']}/renew")) == (503, "please_wait")
        assert refusal(town.haneul.post(f"loans/{asked['id']}/cancel")) == (503, "please_wait")


def test_with_a_key_the_202_is_kept_and_the_503_is_not(town: Town) -> None:
    book = town.book(copies=3)
    with overloaded():
        accepted = town.haneul.post("loans", {"book": book}, headers={"Idempotency-Key": "fig-1"})
    a_moment_later(town)
    with broken("full=1"):
        refused = town.haneul.post("loans", {"book": book}, headers={"Idempotency-Key": "fig-3"})
    assert (accepted.status_code, refused.status_code) == (202, 503)

    again = town.haneul.post("loans", {"book": book}, headers={"Idempotency-Key": "fig-1"})
    assert (again.status_code, again["Idempotency-Replayed"]) == (202, "true")
    assert again.json() == accepted.json()
    answer = town.haneul.post("loans", {"book": book}, headers={"Idempotency-Key": "fig-3"})
    assert (answer.status_code, "Idempotency-Replayed" in answer) == (201, False)


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "plum-1"}])
def test_what_the_database_can_not_do_now_is_deferred(town: Town, key: dict[str, str]) -> None:
    book = town.book(copies=2)
    loan = town.lend(town.jo, book)
    with broken(""):
        with failing(lambda sql: "UPDATE lending_copy" in sql) as failed:
            assert town.haneul.post("loans", {"book": book}, headers=key).status_code == 202
        with failing(lambda sql: "UPDATE lending_copy" in sql):
            assert town.jo.post(f"loans/{loan['id']}/return", {}, headers=key).status_code == 202
    assert failed
    assert breathes_again(town) == 2
    assert Loan.objects.filter(patron=town.haneul.id).count() == 1
    assert town.available(book) == 1


@contextmanager
def breaking_at_the_commit(table: str) -> Iterator[list[str]]:
    """The connection breaks when what was written into that table has just been committed: once."""
    written, broke = [], []
    commit = connection._commit

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        written.extend([table] if f'INSERT INTO "{table}"' in sql else [])
        return execute(sql, *rest)

    def commit_and_break() -> None:
        commit()
        if written and not broke:
            broke.append(table)
            raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(note):
        connection._commit = commit_and_break
        try:
            yield broke
        finally:
            connection._commit = commit


@pytest.mark.django_db(transaction=True)
def test_what_was_done_before_the_connection_broke_is_not_done_again(town: Town) -> None:
    book = town.book(copies=3)
    with broken(""), breaking_at_the_commit("lending_loanline") as broke:
        answer = town.haneul.post("loans", {"book": book, "quantity": 2})
    loan = answer.json()
    assert (answer.status_code, loan["status"], broke) == (201, "active", ["lending_loanline"])
    town.bus.settle()
    a_moment_later(town)
    with broken(""), breaking_at_the_commit("lending_return") as broke_again:
        answer = town.haneul.post(f"loans/{loan['id']}/return", {"quantity": 1})
    assert (answer.status_code, answer.json()["days_late"], answer.json()["outstanding"]) == (200, 0, 1)
    a_moment_later(town)
    barcode = next(copy["barcode"] for copy in answer.json()["copies"] if not copy["returned_at"])
    with broken(""), breaking_at_the_commit("lending_return") as broke_at_the_desk:
        answer = town.librarian.post("returns", {"barcode": barcode})
    assert (answer.status_code, answer.json()["outstanding"]) == (200, 0)
    assert broke_again
    assert broke_at_the_desk
    assert breathes_again(town) == 0
    assert Loan.objects.filter(patron=town.haneul.id).count() == 1


def test_when_nothing_can_be_stored_one_waits_and_nothing_has_changed(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.lend(town.haneul, book)
    a_moment_later(town)
    before = everything_on_record()
    with broken("full=1"):
        for call, body in ((f"loans/{loan['id']}/return", {}), ("loans", {"book": book})):
            answer = town.haneul.post(call, body)
            assert refusal(answer) == (503, "please_wait")
            assert int(answer["Retry-After"]) >= 1
        assert town.haneul.get(f"loans/{loan['id']}").status_code == 200
        assert town.page(town.haneul)["copies_on_loan"] == 1
    assert everything_on_record() == before


def test_operators_see_how_the_guard_stands(town: Town) -> None:
    book, before = town.book(), figures(town.librarian)
    with breaker_open():
        assert town.haneul.post("loans", {"book": book}).status_code == 202
        told = figures(town.librarian)
    assert told['library_lending_breaker{state="open"}'] == 1
    assert told['library_lending_waiting{what="loans"}'] == 1
    assert told["library_lending_at_work"] == told["library_lending_in_line"] == 0
    for counted in (
        'library_lending_breaker_changes_total{state="open"}',
        'library_lending_fallbacks_total{cause="CircuitOpen"}',
    ):
        assert told[counted] - before.get(counted, 0) == 1
