"""The OpenAPI document, and the page that shows it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from kernel.refusals import Refused
from tests.api.answers import (
    ONE_BLOCK,
    ONE_BOOK,
    ONE_CLOSURE,
    ONE_COPY,
    ONE_DAY,
    ONE_ENTRY,
    ONE_FAMILY,
    ONE_FINE,
    ONE_HOLD,
    ONE_LOAN,
    ONE_MARKED,
    ONE_OPENING,
    ONE_PATRON,
    ONE_PERSON,
    ONE_RULE,
    done,
)
from tests.people import Person

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def document(lasting: None) -> dict[str, Any]:
    """The document as it is served."""
    answer = Person().get("schema")
    assert answer["Content-Type"].startswith("application/vnd.oai.openapi+json")
    served: dict[str, Any] = answer.json()
    return served


def test_the_document_is_valid(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "openapi.yaml"))


def test_it_is_of_version_3_1_and_describes_all_calls(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    calls = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    assert calls == {
        f"{method} /api/v1/{path}"
        for methods, path in [
            ("POST", "auth/login"),
            ("POST", "auth/logout"),
            ("GET PATCH", "me"),
            ("POST", "me/password"),
            ("GET POST", "patrons"),
            ("GET PATCH", "patrons/{id}"),
            ("POST", "patrons/{id}/card"),
            ("GET POST", "books"),
            ("GET PATCH DELETE", "books/{id}"),
            ("GET", "books/{id}/availability"),
            ("GET POST", "books/{id}/copies"),
            ("GET", "copies"),
            ("GET PATCH DELETE", "copies/{id}"),
            ("GET", "author-mark"),
            ("GET POST", "categories"),
            ("PATCH", "categories/{code}"),
            ("GET POST", "policies"),
            ("GET", "policies/deciding"),
            ("DELETE", "policies/{id}"),
            ("GET POST", "copy-types"),
            ("PATCH", "copy-types/{code}"),
            ("GET POST", "loans"),
            ("GET", "loans/{id}"),
            ("GET", "loans/{id}/explain"),
            ("POST", "loans/{id}/due-date"),
            ("POST", "loans/{id}/return"),
            ("POST", "loans/{id}/renew"),
            ("POST", "loans/{id}/cancel"),
            ("POST", "loans/{id}/undo"),
            ("POST", "loans/{id}/renew/undo"),
            ("POST", "returns/{id}/undo"),
            ("POST", "returns"),
            ("POST", "copies/{id}/mark"),
            ("GET", "copies/{id}/history"),
            ("GET", "patrons/{id}/history"),
            ("GET POST", "patrons/{id}/blocks"),
            ("POST", "blocks/{id}/lift"),
            ("GET POST", "holds"),
            ("GET", "holds/{id}"),
            ("POST", "holds/{id}/cancel"),
            ("POST", "holds/{id}/suspend"),
            ("POST", "holds/{id}/resume"),
            ("POST", "holds/{id}/move"),
            ("POST", "holds/{id}/pickup-by"),
            ("GET POST", "families"),
            ("PATCH DELETE", "families/{id}"),
            ("GET", "calendar"),
            ("GET POST", "calendar/rules"),
            ("DELETE", "calendar/rules/{id}"),
            ("GET POST", "closures"),
            ("DELETE", "closures/{id}"),
            ("POST", "closures/{id}/move-due-dates"),
            ("POST", "closures/{id}/move-back"),
            ("GET POST", "openings"),
            ("DELETE", "openings/{id}"),
            ("GET", "fines"),
            ("GET", "fines/{id}"),
            ("POST", "fines/{id}/payments"),
            ("POST", "fines/{id}/waive"),
            ("POST", "fines/{id}/refunds"),
            ("GET", "fee-schedules"),
            ("POST", "fee-schedules"),
            ("GET", "me/account"),
            ("GET", "me/notices"),
            ("GET", "me/history"),
            ("GET", "patrons/{id}/account"),
            ("POST", "patrons/{id}/payments"),
            ("POST", "patrons/{id}/payouts"),
            ("POST", "patrons/{id}/buy-off"),
            ("POST", "patrons/{id}/erase"),
            ("POST", "payments/{id}/reverse"),
            ("GET", "dashboard"),
            ("GET", "dashboard/{id}"),
            ("GET", "events"),
        ]
        for method in methods.split()
    }


def test_it_says_who_must_sign_in(document: dict[str, Any]) -> None:
    open_to_all = {
        f"{method.upper()} {path.removeprefix('/api/v1/')}"
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if {} in operation["security"]
    }
    assert open_to_all == {
        "POST auth/login", "GET books", "GET books/{id}", "GET books/{id}/availability",
        "GET categories", "GET copy-types", "GET policies", "GET policies/deciding",
        "GET calendar", "GET calendar/rules", "GET closures", "GET openings", "GET fee-schedules",
    }  # fmt: skip
    assert document["components"]["securitySchemes"].keys() == {"token", "session"}


def test_every_field_of_an_answer_is_there_always(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, fields in {
        "Loan": ONE_LOAN,
        "Hold": ONE_HOLD,
        "Book": ONE_BOOK,
        "Fine": ONE_FINE,
        "Patron": ONE_PERSON,
        "PatronRecord": ONE_PATRON,
        "CalendarRule": ONE_RULE,
        "Closure": ONE_CLOSURE,
        "Opening": ONE_OPENING,
        "Block": ONE_BLOCK,
        "Copy": ONE_COPY,
        "MarkedCopy": ONE_MARKED,
        "HistoryEntry": ONE_ENTRY,
        "Family": ONE_FAMILY,
        "CalendarDay": ONE_DAY,
    }.items():
        assert schemas[name]["properties"].keys() == set(schemas[name]["required"]) == fields


def test_whose_a_thing_was_may_be_forgotten(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in ("Loan", "ReturnedLoan", "Fine", "Hold"):
        assert set(schemas[name]["properties"]["patron"]["type"]) == {"integer", "null"}


def test_a_copy_is_in_one_of_five_places(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in ("Copy", "MarkedCopy"):
        place, _nowhere = schemas[name]["properties"]["where"]["oneOf"]
        places = schemas[place["$ref"].rsplit("/", 1)[1]]["enum"]
        assert places == ["shelf", "loan", "hold_shelf", "drop_box", "withdrawn"], name


def test_errors_are_problem_documents_with_their_codes(document: dict[str, Any]) -> None:
    for item in document["paths"].values():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    (schema,) = (one["schema"] for one in answer["content"].values())
                    assert list(answer["content"]) == ["application/problem+json"]
                    assert schema["$ref"] == "#/components/schemas/Problem"
                    assert schema["properties"]["code"]["enum"]
    borrow = document["paths"]["/api/v1/loans"]["post"]["responses"]["409"]["content"]["application/problem+json"]
    refusals = {"request_in_progress"} | {
        "card_closed", "card_expired", "card_lost", "patron_blocked", "suspended", "overdue_copies",
        "loan_limit_reached", "type_limit_reached", "not_for_loan", "too_soon_again", "no_open_day", "out_of_stock",
        "held_for_another",
    }  # fmt: skip
    assert set(borrow["schema"]["properties"]["code"]["enum"]) == refusals


def refusals(kind: type[Refused] = Refused) -> Iterator[type[Refused]]:
    """Every rule that there is."""
    for one in kind.__subclasses__():
        yield one
        yield from refusals(one)


def test_what_stands_beside_the_code_of_a_refusal_is_described(document: dict[str, Any]) -> None:
    problem = document["components"]["schemas"]["Problem"]
    beside = {name for one in refusals() for name in one.shown} | {"reasons", "begin_at"}
    assert beside - problem["properties"].keys() == set()
    assert problem["properties"]["reasons"]["items"] == {"$ref": "#/components/schemas/Reason"}


def test_every_post_but_signing_in_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    posts = {path: item["post"] for path, item in document["paths"].items() if "post" in item}
    without = {
        path
        for path, post in posts.items()
        if "Idempotency-Key" not in {parameter["name"] for parameter in post["parameters"]}
    }
    assert without == {"/api/v1/auth/login"}
    assert "Idempotency-Key" in posts["/api/v1/auth/login"]["description"]


def test_what_is_for_everyone_says_so(document: dict[str, Any], nobody: Person) -> None:
    described = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if "304" in operation["responses"]:
                described[f"{method} {path}"] = operation
    assert described.keys() == {"get /api/v1/books", "get /api/v1/books/{id}"}
    served = nobody.get("books")
    unchanged = nobody.get("books", headers={"If-None-Match": served["ETag"]})
    for operation in described.values():
        assert "If-None-Match" in {one["name"] for one in operation["parameters"]}
        for answer in (served, unchanged):
            said = operation["responses"][str(answer.status_code)]
            for name in ("ETag", "Cache-Control"):
                assert said["headers"][name]["required"]
                assert re.fullmatch(said["headers"][name]["schema"]["pattern"], answer[name])
        assert "content" not in operation["responses"]["304"]
    page = described["get /api/v1/books"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert page == {"$ref": "#/components/schemas/BookList"}


def test_the_page_that_shows_it_takes_nothing_from_elsewhere(nobody: Person) -> None:
    answer = nobody.get("docs")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")
    page = answer.content.decode()
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(sources) >= 3
    own_script = "/api/v1/docs?script="
    assert "/api/v1/schema" in nobody.get(own_script).content.decode()
    for source in set(sources) - {own_script}:
        assert source.startswith("/static/"), source
        assert finders.find(source.removeprefix("/static/")), source
    assert done(nobody.get("schema"))
