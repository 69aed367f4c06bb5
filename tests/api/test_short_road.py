"""Who calls without a cookie goes a shorter road to the same answer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import ResolverMatch, resolve

from kernel.http.input.short_road import match_of
from tests.api.answers import done, refused
from tests.people import Person

pytestmark = pytest.mark.django_db
OF_EACH_CALL = {"X-Request-ID", "Vary"}
Call = Callable[[Person], HttpResponse]


def headers_of(answer: HttpResponse) -> dict[str, str]:
    """Those that say something of the answer and not of the call."""
    return {name: value for name, value in answer.headers.items() if name not in OF_EACH_CALL}


def without_moment(answer: HttpResponse) -> Any:
    """What it says, without the moment at which stock was looked at."""
    said = answer.json()
    return {name: value for name, value in said.items() if name != "as_of"}


def parts_of(match: ResolverMatch) -> tuple[Any, ...]:
    """Where an address leads."""
    return match.func, match.args, match.kwargs, match.route


@pytest.mark.parametrize(
    "call",
    [
        lambda person: person.get("books/1/availability"),
        lambda person: person.get("books/1/availability", headers={"Accept-Language": "ko-KR,ko;q=0.9"}),
        lambda person: person.get("books"),
        lambda person: person.get("me"),
        lambda person: person.get("nothing/here", headers={"Accept-Language": "ko"}),
        lambda person: person.get("books/0/availability"),
        lambda person: person.get("schema"),
        lambda person: person.delete("loans"),
        lambda person: person.post("loans", {"book": "one"}),
        lambda person: person.post("loans", {"book": 999}),
    ],
)
def test_the_answer_is_the_same_with_a_cookie_and_without(call: Call, haneul: Person, book: int) -> None:
    short = call(haneul)
    haneul.cookies["of_another_site"] = "1"
    long = call(haneul)

    assert (short.status_code, headers_of(short)) == (long.status_code, headers_of(long))
    assert without_moment(short) == without_moment(long)
    assert "Accept-Language" in short.headers["Vary"]


def test_what_nobody_foresaw_is_a_problem_on_the_short_road_too(
    haneul: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lending.api.stock.stock_by_volume", lambda _book, _day: 1 / 0)
    haneul.raise_request_exception = False

    assert refused(haneul.get("books/1/availability"), 500, "server_error")


def test_a_host_that_is_not_served_is_refused_there_too(nobody: Person) -> None:
    assert nobody.get("books", headers={"Host": "elsewhere.example.org"}).status_code == 400


def test_an_address_with_another_id_leads_to_that_one(ada: Person, book: int) -> None:
    another = done(ada.post("books", {"title": "광장", "copies": 1}), 201)["id"]

    for one in (book, another, book):
        assert done(ada.get(f"books/{one}"))["id"] == one


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/loans",
        "/api/v1/loans/17",
        "/api/v1/loans/1/renew/undo",
        "/api/v1/books/999999999999999999/availability",
        "/api/v1/books/9999999999999999999/availability",
        "/api/v1/loans/01",
        "/api/v1/patrons/7/account",
        "/api/v1/nothing/12",
    ],
)
def test_addresses_lead_where_django_says(address: str) -> None:
    for _ in range(2):
        found, meant = match_of(address), resolve(address)
        assert (found.func, found.args, found.kwargs, found.route) == (
            meant.func,
            meant.args,
            meant.kwargs,
            meant.route,
        )
