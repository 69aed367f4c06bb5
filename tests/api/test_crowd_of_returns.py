"""Who brings back in a crowd is answered as the view would, and whatever is unusual is left to the view."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from accounts.models import User
from kernel.eventbus.models import Event
from lending.api.crowd.kinds import KINDS
from lending.api.group_commit import Groups
from lending.models import Copy, Loan, LoanLine, Return
from tests.api.answers import ONE_LOAN, ONE_RETURN, done
from tests.api.crowd import alike, answer_together, ask, scope_of, view_answers
from tests.people import Person, a_librarian, a_patron

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("transaction_stays_open")]
KOREAN = {"HTTP_ACCEPT_LANGUAGE": "ko-KR,ko;q=0.9"}
REQUEST_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def clerk(db: None) -> Person:
    """A librarian with rights of her own, which are looked up."""
    return a_librarian("L-7002", "Clerk", roles=("desk",))


def lent(person: Person, book: int, quantity: int = 1) -> dict[str, Any]:
    """A loan of the book."""
    return dict(done(person.post("loans", {"book": book, "quantity": quantity}), 201))


def barcode_of(loan: dict[str, Any]) -> str:
    """Of its first copy."""
    return str(loan["copies"][0]["barcode"])


def scan(person: Person, barcode: str, **variables: Any) -> dict[str, Any]:
    """The return of a copy at the desk."""
    return scope_of(person, {"barcode": barcode}, "returns", **variables)


def bring(person: Person, loan: dict[str, Any], body: Any = None, **variables: Any) -> dict[str, Any]:
    """The return of a loan."""
    return scope_of(person, {} if body is None else body, f"loans/{loan['id']}/return", **variables)


@pytest.mark.parametrize("variables", [{}, KOREAN, {"HTTP_HOST": "testserver:8000"}])
def test_a_scanned_copy_is_answered_as_the_view_does(
    haneul: Person, jiwoo: Person, clerk: Person, book: int, variables: dict[str, str]
) -> None:
    first, second = lent(haneul, book), lent(jiwoo, book)
    answer = ask(scan(clerk, barcode_of(first).lower(), **variables))

    assert (answer.is_taken, answer.is_left, answer.json().keys()) == (True, False, ONE_LOAN | ONE_RETURN)
    assert (answer.json()["id"], answer.json()["status"]) == (first["id"], "returned")
    assert Copy.objects.filter(barcode=barcode_of(first), place="shelf").exists()
    alike(answer, view_answers(scan(clerk, barcode_of(second), **variables)))


@pytest.mark.parametrize("variables", [{}, KOREAN])
def test_a_return_of_a_loan_is_answered_as_the_view_does(
    haneul: Person, clerk: Person, book: int, variables: dict[str, str]
) -> None:
    first, second = lent(haneul, book), lent(haneul, book)
    alike(ask(bring(haneul, first, **variables)), view_answers(bring(haneul, second, **variables)))

    both = lent(haneul, book, 2)
    answer = ask(bring(clerk, both, {"quantity": 1}, **variables))
    assert (answer.status, answer.json()["outstanding"]) == (200, 1)


def test_its_event_says_who_did_it_and_in_which_request(haneul: Person, clerk: Person, book: int) -> None:
    answer = ask(scan(clerk, barcode_of(lent(haneul, book)), HTTP_X_REQUEST_ID=REQUEST_ID))

    assert answer.headers["X-Request-ID"] == REQUEST_ID
    event = Event.objects.get(name="BookReturned")
    assert (str(event.correlation_id), event.by, event.via) == (REQUEST_ID, clerk.id, "api")


def test_what_is_counted_of_it_is_counted_by_the_pattern_of_its_address() -> None:
    for kind, address in zip(KINDS, ("loans", "loans/7/return", "returns"), strict=True):
        assert kind.address.fullmatch(f"/api/v1/{address}")
        assert resolve(f"/api/v1/{address}").route == kind.route


@pytest.mark.parametrize(
    ("path", "body", "variables"),
    [
        ("returns", {"barcode": "S1"}, {"HTTP_COOKIE": "a=b"}),
        ("returns", {"barcode": "S1"}, {"QUERY_STRING": "a=b"}),
        ("returns", {"barcode": "S1"}, {"REQUEST_METHOD": "GET"}),
        ("returns", {"barcode": "S1"}, {"HTTP_IDEMPOTENCY_KEY": "two words"}),
        ("returns", {"barcode": "S1", "returned_on": "2026-03-01"}, {}),
        ("returns", {"barcode": "S1", "missing_items": ["CD"]}, {}),
        ("returns", {"barcode": "*S1*"}, {}),
        ("returns", {"barcode": "ㄸㅡ1"}, {}),
        ("returns", {"barcode": ""}, {}),
        ("returns", {"barcode": 1}, {}),
        ("returns", {}, {}),
        ("returns", b"", {}),
        ("returns/", {"barcode": "S1"}, {}),
        ("returns/1/undo", {}, {}),
        ("loans/0/return", {}, {}),
        ("loans/1/renew", {}, {}),
        ("loans/1/return", {"quantity": 0}, {}),
        ("loans/1/return", {"quantity": 1_001}, {}),
        ("loans/1/return", {"returned_on": "2026-03-01"}, {}),
        ("loans/1/return", b"", {}),
    ],
)
def test_an_unusual_call_is_left_to_the_view(clerk: Person, path: str, body: Any, variables: dict[str, str]) -> None:
    assert not ask(scope_of(clerk, body, path, **variables)).is_taken


def test_who_may_not_is_left_to_the_view_and_nothing_comes_back(
    haneul: Person, jiwoo: Person, clerk: Person, book: int
) -> None:
    loan = lent(haneul, book)
    cataloguer, program = a_librarian("L-7003", roles=("cataloguer",)), a_patron("X-1", "Program")
    User.objects.filter(pk=program.id).update(is_program=True)
    for person in (haneul, cataloguer, program):
        assert ask(scan(person, barcode_of(loan))).is_left
    for person in (jiwoo, cataloguer, program):
        assert ask(bring(person, loan)).is_left
    assert not Return.objects.exists()


def test_a_right_that_was_taken_away_is_missing_at_the_next_call(haneul: Person, clerk: Person, book: int) -> None:
    first, second = lent(haneul, book), lent(haneul, book)
    assert ask(scan(clerk, barcode_of(first))).status == 200
    Group.objects.get(name="desk").permissions.clear()
    assert ask(scan(clerk, barcode_of(second))).is_left
    assert view_answers(scan(clerk, barcode_of(second))).status_code == 403


@pytest.mark.parametrize("again", [False, True])
def test_what_a_rule_refuses_is_left_to_the_view(haneul: Person, clerk: Person, book: int, again: bool) -> None:
    loan = lent(haneul, book)
    if again:
        assert ask(bring(haneul, loan)).status == 200
    wanted = scan(clerk, barcode_of(loan)) if again else bring(haneul, loan, {"quantity": 2})
    assert ask(wanted).is_left
    assert view_answers(wanted).json()["code"] == "not_on_loan"


def test_under_a_key_it_is_done_once(haneul: Person, clerk: Person, book: int) -> None:
    scope = scan(clerk, barcode_of(lent(haneul, book)), HTTP_IDEMPOTENCY_KEY="once")
    first, again = ask(scope), ask(scope)

    assert (first.status, again.is_left, Return.objects.count()) == (200, True, 1)
    replayed = view_answers(scope)
    assert (replayed.status_code, replayed.content) == (200, first.body)
    assert replayed.headers["Idempotency-Replayed"] == "true"


def test_who_borrow_and_bring_back_together_get_each_their_own(
    haneul: Person, jiwoo: Person, clerk: Person, book: int
) -> None:
    twice, once = lent(haneul, book), lent(haneul, book)
    scopes = [scan(clerk, barcode_of(twice)), bring(haneul, once), scope_of(jiwoo, {"book": book})]
    came = answer_together([*scopes, scan(clerk, barcode_of(twice))])

    assert [one.is_left for one in came] == [True, False, False, True]
    assert (came[1].status, came[1].json()["id"]) == (200, once["id"])
    assert (came[2].status, came[2].json()["patron"]) == (201, jiwoo.id)
    assert LoanLine.objects.filter(ending="").count() == 2


def test_a_copy_that_somebody_waits_for_is_answered_with_the_hold(
    haneul: Person, jiwoo: Person, clerk: Person, book: int
) -> None:
    loan = lent(haneul, book, 3)
    done(jiwoo.post("holds", {"book": book}), 201)
    answer = ask(scan(clerk, barcode_of(loan)))
    assert (answer.json()["hold"]["patron"], answer.json()["hold"]["status"]) == (jiwoo.id, "ready")


def test_one_statement_asks_what_a_librarian_may_of_all_that_wait(haneul: Person, clerk: Person, book: int) -> None:
    loans = [lent(haneul, book) for _ in range(3)]
    with CaptureQueriesContext(connection) as captured:
        came = answer_together([scan(clerk, barcode_of(loan)) for loan in loans])
    assert [one.status for one in came] == [200] * 3
    assert sum("auth_group_permissions" in query["sql"] for query in captured) == 1


@pytest.mark.parametrize("is_committed", [True, False])
@pytest.mark.parametrize("by_scan", [True, False])
def test_where_the_database_fails_the_view_finds_what_was_committed_or_defers(
    haneul: Person, clerk: Person, book: int, monkeypatch: pytest.MonkeyPatch, is_committed: bool, by_scan: bool
) -> None:
    decide, loan = Groups.decide, lent(haneul, book)

    def fail(groups: Any, calls: Any) -> Any:
        if is_committed:
            decide(groups, calls)
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(Groups, "decide", fail)
    scope = scan(clerk, barcode_of(loan)) if by_scan else bring(haneul, loan)
    assert ask(scope).is_left

    assert view_answers(scope).status_code == (200 if is_committed else 202)
    assert Return.objects.count() == is_committed
    assert Loan.objects.count() == 1
