"""Who borrows in a crowd is answered as the view would, and whatever is unusual is left to the view."""

from typing import Any

import pytest
from django.db import OperationalError
from knox.models import AuthToken

from accounts.models import User
from kernel.eventbus.models import Event
from lending.api.crowd import answering
from lending.api.group_commit import Groups
from lending.models import Copy, Loan
from lending.overload.admission import admission
from tests.api.answers import ONE_LOAN
from tests.api.crowd import alike, answer_together, ask, scope_of, view_answers
from tests.people import Person, a_patron

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("transaction_stays_open")]
KOREAN = {"HTTP_ACCEPT_LANGUAGE": "ko-KR,ko;q=0.9"}
REQUEST_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize("variables", [{}, KOREAN, {"HTTP_HOST": "testserver:8000"}])
def test_a_borrow_is_answered_as_the_view_does(haneul: Person, book: int, variables: dict[str, str]) -> None:
    answer = ask(scope_of(haneul, {"book": book}, **variables))

    assert (answer.is_taken, answer.is_left, answer.json().keys()) == (True, False, ONE_LOAN)
    loan = Loan.objects.get()
    assert answer.headers["Location"] == f"/api/v1/loans/{loan.pk}"
    assert (loan.patron_id, loan.status, loan.quantity) == (haneul.id, "active", 1)
    alike(answer, view_answers(scope_of(haneul, {"book": book}, **variables)))


@pytest.mark.parametrize("variables", [{}, KOREAN])
def test_a_refusal_is_answered_as_the_view_does_in_the_callers_language(
    haneul: Person, book: int, variables: dict[str, str]
) -> None:
    Copy.objects.update(place="loan")
    scope = scope_of(haneul, {"book": book}, **variables)
    answer = ask(scope)

    assert not Loan.objects.exists()
    alike(answer, by_view := view_answers(scope))
    assert answer.json() == by_view.json()


def test_its_event_says_who_did_it_and_in_which_request(haneul: Person, book: int) -> None:
    answer = ask(scope_of(haneul, {"book": book}, HTTP_X_REQUEST_ID=REQUEST_ID))

    assert answer.headers["X-Request-ID"] == REQUEST_ID
    event = Event.objects.get(name="BookBorrowed")
    assert (str(event.correlation_id), event.by, event.via) == (REQUEST_ID, haneul.id, "api")


def test_it_gives_way_to_who_stands_at_the_desk(haneul: Person, book: int, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(answering, "give_way", waited.append)
    ask(scope_of(haneul, {"book": book}))
    assert waited == [answering.LONGEST_WAIT]


@pytest.mark.parametrize(
    ("body", "variables"),
    [
        ({"book": 1}, {"HTTP_COOKIE": "a=b"}),
        ({"book": 1}, {"HTTP_PREFER": "respond-async"}),
        ({"book": 1}, {"QUERY_STRING": "dry_run=true"}),
        ({"book": 1}, {"REQUEST_METHOD": "PUT"}),
        ({"book": 1}, {"CONTENT_TYPE": "text/plain"}),
        ({"book": 1}, {"CONTENT_LENGTH": ""}),
        ({"book": 1}, {"CONTENT_LENGTH": "1001"}),
        ({"book": 1}, {"HTTP_HOST": "elsewhere.example.org"}),
        ({"book": 1}, {"HTTP_AUTHORIZATION": "Token"}),
        ({"book": 1}, {"HTTP_AUTHORIZATION": "Basic YWRhOnNoZWxm"}),
        ({"book": 1}, {"HTTP_IDEMPOTENCY_KEY": "two words"}),
        ({"book": 1}, {"HTTP_IDEMPOTENCY_KEY": ""}),  # as the server hands over one that is not ASCII too
        ({"book": 0}, {}),
        ({"book": 10**18}, {}),
        ({"book": 1, "quantity": 0}, {}),
        ({"book": 1, "quantity": 1_001}, {}),
        ({"book": 1.0}, {}),
        ({"book": "1"}, {}),
        ({"book": 1, "volume": "2"}, {}),
        ({"book": 1, "override": ["out_of_stock"]}, {}),
        (b'{"book": 1, "book": 2}', {}),
        (b'{"book": 1', {}),
        (b'{"book": 1 2}', {}),
        (b"", {}),
    ],
)
def test_an_unusual_call_is_left_to_the_view(haneul: Person, body: Any, variables: dict[str, str]) -> None:
    assert not ask(scope_of(haneul, body, **variables)).is_taken


def test_who_may_not_borrow_like_that_is_left_to_the_view(haneul: Person, jiwoo: Person, ada: Person) -> None:
    program = a_patron("X-1", "Program")
    User.objects.filter(pk=program.id).update(is_program=True)
    User.objects.filter(pk=jiwoo.id).update(is_active=False)
    AuthToken.objects.filter(user=haneul.id).delete()
    for person in (program, jiwoo, haneul, ada):
        assert ask(scope_of(person, {"book": 1})).is_left


def test_a_token_that_ended_is_seen_at_the_next_call(haneul: Person, book: int) -> None:
    assert ask(scope_of(haneul, {"book": book})).status == 201
    AuthToken.objects.filter(user=haneul.id).delete()
    assert ask(scope_of(haneul, {"book": book})).is_left


def test_under_a_key_it_is_done_once(haneul: Person, book: int) -> None:
    scope = scope_of(haneul, {"book": book}, HTTP_IDEMPOTENCY_KEY="once")
    first, again = ask(scope), ask(scope)

    assert (first.status, again.is_left, Loan.objects.count()) == (201, True, 1)
    replayed = view_answers(scope)
    assert (replayed.status_code, replayed.content) == (201, first.body)
    assert replayed.headers["Idempotency-Replayed"] == "true"


def test_a_refusal_under_a_key_is_kept_by_the_view(haneul: Person, book: int) -> None:
    scope = scope_of(haneul, {"book": book, "quantity": 4}, HTTP_IDEMPOTENCY_KEY="once")

    assert ask(scope).is_left
    assert view_answers(scope).status_code == 409


def test_who_borrow_together_get_each_their_own(haneul: Person, jiwoo: Person, ada: Person, book: int) -> None:
    third = a_patron("P-7003", "이서연")
    wanted = {haneul: {"book": book}, jiwoo: {"book": book, "quantity": 900}, ada: {"book": book}, third: {"book": 999}}
    came = answer_together([scope_of(one, body) for one, body in wanted.items()])

    assert came[0].json()["patron"] == haneul.id
    assert [one.status for one in came] == [201, 409, 0, 0]
    assert [one.is_left for one in came] == [False, False, True, True]


@pytest.mark.parametrize("is_committed", [True, False])
def test_where_the_database_fails_the_view_finds_what_was_committed_or_defers(
    haneul: Person, book: int, monkeypatch: pytest.MonkeyPatch, is_committed: bool
) -> None:
    decide = Groups.decide

    def fail(groups: Any, calls: Any) -> Any:
        if is_committed:
            decide(groups, calls)
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(Groups, "decide", fail)
    scope = scope_of(haneul, {"book": book})
    assert ask(scope).is_left

    assert view_answers(scope).status_code == (201 if is_committed else 202)
    assert Loan.objects.count() == 1


def test_what_nobody_foresaw_is_decided_alone(haneul: Person, book: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Groups, "decide", lambda _groups, _calls: 1 / 0)

    assert ask(scope_of(haneul, {"book": book})).is_left


def test_while_the_circuit_breaker_is_not_closed_all_is_left_to_the_view(haneul: Person, book: int) -> None:
    admission.circuit_breaker.state = type(admission.circuit_breaker.state).OPEN

    assert not ask(scope_of(haneul, {"book": book})).is_taken
