"""What can't be read or can't be meant is a clear 400, whatever it is."""

import json
import re
from typing import Any

import pytest

from accounts.models import User
from tests.api.answers import done, refused
from tests.people import Person

pytestmark = pytest.mark.django_db

UNREADABLE = {
    "broken": b'{"title": "Emma"',
    "no JSON": b"title=Emma",
    "invalid UTF-8": b'{"title": "\xff\xfe"}',
    "UTF-16": '{"title": "Emma"}'.encode("utf-16"),
    "NaN": b'{"title": "Emma", "copies": NaN}',
    "Infinity": b'{"title": "Emma", "copies": -Infinity}',
    "2**63": b'{"title": "Emma", "copies": 9223372036854775808}',
    "10**30": b'{"title": "Emma", "copies": 1%s}' % (b"0" * 30),
    "a number of 10,000 digits": b'{"title": "Emma", "copies": %s}' % (b"9" * 10_000),
    "a name twice": b'{"title": "Emma", "title": "Persuasion"}',
    "half a character": b'{"title": "\\ud83d"}',
    "half a character in a name": b'{"title": "Emma", "\\udc00": 1}',
    "deep": b"[" * 100_000,
    "deep and closed": b'{"title": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_can_not_be_read(ada: Person, body: bytes) -> None:
    refused(ada.generic("POST", "books", body, content_type="application/json"), 400, "invalid", "")


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_why_is_said_in_the_callers_language(ada: Person, body: bytes) -> None:
    answer = ada.generic("POST", "books", body, "application/json", headers={"Accept-Language": "ko"})
    document = refused(answer, 400, "invalid", "")
    assert not re.search("[a-z]{2} [a-z]{2}", document["errors"][0]["message"] + document["detail"])


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_an_empty_body_misses_what_is_needed(ada: Person, body: bytes) -> None:
    refused(ada.generic("POST", "books", body, content_type="application/json"), 400, "invalid", "title")


@pytest.mark.parametrize("body", ["[]", '"Emma"', "5", "null", "true", '[{"title": "Emma"}]'])
def test_a_body_is_an_object(ada: Person, book: int, body: str) -> None:
    for method, address in (("POST", "books"), ("PATCH", f"books/{book}")):
        answer = ada.generic(method, address, body, content_type="application/json", headers={"Accept-Language": "ko"})
        document = refused(answer, 400, "invalid", "")
        assert not re.search("[a-z]{2} [a-z]{2}", document["errors"][0]["message"])


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"title": "Em\0ma"}, "title"),
        ({"title": True}, "title"),
        ({"title": 3}, "title"),
        ({"title": ["Emma"]}, "title"),
        ({"title": {"": "Emma"}}, "title"),
        ({"title": "Emma", "colour": "green"}, "colour"),
        ({"title": "Emma", "\0": "green"}, "\0"),
        ({"title": "Emma", "copies": 3.0}, "copies"),
        ({"title": "Emma", "copies": 1e300}, "copies"),
        ({"title": "Emma", "published_year": False}, "published_year"),
    ],
)
def test_a_field_that_can_not_be_meant(ada: Person, value: dict[str, Any], field: str) -> None:
    refused(ada.post("books", value), 400, "invalid", field)


def test_a_pair_of_surrogates_is_a_character(ada: Person) -> None:
    answer = ada.generic("POST", "books", rb'{"title": "\ud83d\udc08"}', content_type="application/json")

    assert done(answer, 201)["title"] == "🐈"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"]
)
def test_a_body_that_is_not_json_is_415(ada: Person, content_type: str) -> None:
    for headers in ({}, {"Idempotency-Key": f"key-{content_type}"}):
        answer = ada.generic("POST", "books", b'{"title": "Emma"}', content_type=content_type, headers=headers)
        refused(answer, 415, "unsupported_media_type")


def test_a_form_in_the_browsers_session_is_415(ada: Person) -> None:
    browser = Person()
    browser.force_login(User.objects.get(pk=ada.id), backend="accounts.passwords.backends.CurrentCards")

    for headers in ({}, {"Idempotency-Key": "a-form"}):
        answer = browser.generic("POST", "books", b"title=Emma", "application/x-www-form-urlencoded", headers=headers)
        refused(answer, 415, "unsupported_media_type")


def test_a_body_of_megabytes_is_413(ada: Person) -> None:
    body = json.dumps({"title": "Emma", "description": "n" * 3_000_000})

    for headers in ({}, {"Idempotency-Key": "large"}):
        refused(ada.generic("POST", "books", body, content_type="application/json", headers=headers), 413, "too_large")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/problem+json", "nonsense", "*/*;q=x"])
def test_answers_are_json_whatever_accept_asks_for(haneul: Person, nobody: Person, accept: str) -> None:
    assert haneul.get("me", headers={"Accept": accept})["Content-Type"] == "application/json"
    refused(nobody.get("me", headers={"Accept": accept}), 401, "not_authenticated")


@pytest.mark.parametrize("size", ["0", "101", "abc", "-1", "1.0", "", " 5", "1e1", "٣", str(10**30), "5\0"])
def test_a_page_size_that_is_none(haneul: Person, ada: Person, size: str) -> None:
    for path in ("books", "loans", "fines"):
        refused(haneul.get(path, {"page_size": size}), 400, "invalid", "page_size")
    for path in ("patrons", "events"):
        refused(ada.get(path, {"page_size": size}), 400, "invalid", "page_size")


@pytest.mark.parametrize(
    "cursor", ["", "x", "\0", "cD0x", "cD0lMDA=", "cj0xJnA9NA==", "가", "a" * 5_000, "WzEsIDJd:1:x"]
)
def test_a_cursor_that_was_not_made_here(book: int, haneul: Person, ada: Person, cursor: str) -> None:
    for path in ("books", "loans", "fines"):
        refused(haneul.get(path, {"cursor": cursor}), 400, "invalid", "cursor")
    for path in ("patrons", f"books/{book}/copies"):
        refused(ada.get(path, {"cursor": cursor}), 400, "invalid", "cursor")


@pytest.mark.parametrize("number", ["0", "-1", "01", "1.0", "x", "9" * 19, str(2**63), str(10**30), "1%00", "٣"])
def test_an_id_that_is_none_is_404(haneul: Person, ada: Person, number: str) -> None:
    for path in (f"books/{number}", f"loans/{number}", f"fines/{number}", f"dashboard/{number}"):
        refused(haneul.get(path), 404, "not_found")
    refused(ada.delete(f"copies/{number}"), 404, "not_found")
    refused(ada.patch(f"patrons/{number}", {"name": "아무개"}), 404, "not_found")


@pytest.mark.parametrize("patron", ["1.0", " 1", "1_0", "٣", "0", "-1", str(2**63), str(10**30), "1\0", ""])
def test_a_filter_by_an_id_that_is_none(ada: Person, patron: str) -> None:
    for path in ("loans", "fines"):
        refused(ada.get(path, {"patron": patron}), 400, "invalid", "patron")


@pytest.mark.parametrize("path", ["loans/1/cancel", "auth/logout"])
def test_a_call_without_fields_takes_none(haneul: Person, path: str) -> None:
    refused(haneul.post(path, {"reason": "why not"}), 400, "invalid", "reason")
    refused(haneul.generic("POST", path, b"{", content_type="application/json"), 400, "invalid", "")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("books/{book}/copies", {"count": 1, "for_loan": ...}, "for_loan"),
        (
            "closures",
            {"from": "2030-01-01", "to": "2030-01-02", "reason": "x", "late_days_count": ...},
            "late_days_count",
        ),
        ("fee-schedules", {"cap_at_price": ...}, "cap_at_price"),
        ("fee-schedules", {"processing_fee_refunded": ...}, "processing_fee_refunded"),
        ("policies", {"loan": {"for_loan": ...}}, "loan.for_loan"),
        ("PATCH me", {"keep_history": ...}, "keep_history"),
        ("PATCH me", {"notices": {"email": ..., "message": True, "off": []}}, "notices.email"),
    ],
)
def test_true_and_false_are_neither_words_nor_numbers(
    ada: Person, book: int, path: str, body: dict[str, Any], field: str
) -> None:
    method, _space, path = path.format(book=book).rpartition(" ")
    for wrong in ("yes", "true", 1, 0, ""):
        answer = ada.generic(method or "POST", path, json.dumps(_with(body, wrong)), "application/json")
        refused(answer, 400, "invalid", field)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("calendar/rules", {"valid_from": "2030-01-01", "closed": [{"weekday": 1, "week": 2}]}, "closed.0.week"),
        ("fee-schedules", {"tiers": [{"from_day": 1, "amount": 5, "to_day": 7}]}, "tiers.0.to_day"),
        ("fee-schedules", {"refund_within": {"months": 6, "weeks": 1}}, "refund_within.weeks"),
        ("policies", {"loan": {"day": 7}}, "loan.day"),
        ("PATCH me", {"notices": {"sms": True, "email": True, "message": True, "off": []}}, "notices.sms"),
        ("copy-types", {"code": 5, "name_ko": "가", "name_en": "a"}, "code"),
        ("categories", {"code": 5, "name_ko": "가", "name_en": "a"}, "code"),
        ("policies", {"category": 5}, "category"),
        ("fee-schedules", {"copy_type": 5}, "copy_type"),
    ],
)
def test_a_part_of_a_body_is_read_as_strictly_as_the_whole(
    ada: Person, path: str, body: dict[str, Any], field: str
) -> None:
    method, _space, path = path.rpartition(" ")
    refused(ada.generic(method or "POST", path, json.dumps(body), "application/json"), 400, "invalid", field)


def _with(body: Any, value: object) -> Any:
    """The body with that value where it has an ellipsis."""
    if isinstance(body, dict):
        return {name: _with(inner, value) for name, inner in body.items()}
    return value if body is ... else body
