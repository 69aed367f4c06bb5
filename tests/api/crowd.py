"""Calls as a server hands them over where a crowd borrows and brings back."""

import json
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.test.client import FakePayload
from rest_framework.test import APIClient

from lending.api.crowd import answering
from lending.api.crowd.answering import answer_with_others, waiting_of
from tests.people import Person


@dataclass
class Answered:
    """What became of a call: an answer, or that it was left to the view."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_taken: bool = False
    is_left: bool = False

    def json(self) -> Any:
        """What the body says."""
        return json.loads(self.body)


def scope_of(person: Person, body: Any, path: str = "loans", **variables: Any) -> dict[str, Any]:
    """The variables of a call, as the server names them."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = {"HTTP_AUTHORIZATION": person.authorization} if person.user else {}
    return {
        "REQUEST_METHOD": "POST", "PATH_INFO": f"/api/v1/{path}", "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "wsgi.url_scheme": "http", "HTTP_HOST": "testserver", "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(content)), "wsgi.input": BytesIO(content), **signed, **variables,
    }  # fmt: skip


def ask(scope: dict[str, Any]) -> Answered:
    """Has it answered with others, of whom there are none."""
    answered = Answered()

    def respond(status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        assert not answered.status, "it is answered once"
        answered.status, answered.headers, answered.body = status, dict(headers), body

    def otherwise() -> None:
        assert not answered.is_left, "it is left once"
        answered.is_left = True

    answered.is_taken = answer_with_others(scope, respond, otherwise)
    return answered


def view_answers(scope: dict[str, Any]) -> Any:
    """What the view answers to the same."""
    length = int(scope["CONTENT_LENGTH"])
    scope["wsgi.input"].seek(0)
    return APIClient().request(**scope | {"wsgi.input": FakePayload(scope["wsgi.input"].read(length))})


def answer_together(scopes: list[dict[str, Any]]) -> list[Answered]:
    """Has calls answered that wait at the same moment; what becomes of each."""
    came = [Answered() for _ in scopes]

    def respond_to(one: Answered) -> Any:
        return lambda status, headers, body: vars(one).update(status=status, headers=dict(headers), body=body)

    def leave(one: Answered) -> Any:
        return lambda: vars(one).update(is_left=True)

    waiting = [waiting_of(scope, respond_to(one), leave(one)) for scope, one in zip(scopes, came, strict=True)]
    answering._answer([one for one in waiting if one])
    return came


def alike(answer: Answered, of_view: Any) -> None:
    """They differ in nothing that says something of the answer, but in the ids and moments of two loans."""
    assert len(answer.body) == int(answer.headers["Content-Length"])
    own = {"X-Request-ID", "Location", "Content-Length"}
    headers = {name: value for name, value in answer.headers.items() if name not in own}
    assert headers == {name: value for name, value in of_view.headers.items() if name not in own}
    assert answer.status == of_view.status_code
    assert answer.json().keys() == of_view.json().keys()
