"""A number in an address is ASCII digits without leading zeros, within its bounds: anything else is a clear 400."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.answers import done, refused
from tests.people import Person

pytestmark = pytest.mark.django_db
NONE = [
    "0001000", "01", "00", "+1", "-1", "1.0", "1e1", "1_0", " 1", "1 ", "", "٣", "１", "²", "Ⅷ", "0x1", "1\0", "1,2",
    "NaN", "9" * 19, "9" * 5_000, "0" * 5_000 + "1", str(2**63), "true", "null",
]  # fmt: skip
OTHERS = {"author-mark": {"author": "김영하"}}
"""What else these calls need."""


def numbers(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every query parameter of the OpenAPI document that is a number: path, name and schema."""
    for path, calls in schema["paths"].items():
        for parameter in calls.get("get", {}).get("parameters", []):
            if parameter["in"] == "query" and parameter["schema"].get("type") == "integer":
                yield path.removeprefix("/api/v1/"), parameter["name"], parameter["schema"]


def test_every_number_in_a_query(ada: Person, book: int) -> None:
    found = list(numbers(done(ada.get("schema"))))
    assert {name for _path, name, _schema in found} >= {"page_size", "patron", "after", "wait"}
    ids = {"patrons": ada.id, "copies": done(ada.get(f"books/{book}/copies"))["results"][0]["id"]}
    for path, name, schema in found:
        least, most = bounds(schema)
        address, others = path.replace("{id}", str(ids.get(path.partition("/")[0], book))), OTHERS.get(path, {})
        for number in [*NONE, str(least - 1), str(most + 1)]:
            refused(ada.get(address, {**others, name: number}), 400, "invalid", name)
        assert ada.get(address, {**others, name: str(least)}).status_code == 200


def bounds(schema: dict[str, Any]) -> tuple[int, int]:
    """The least and the greatest number that the document allows."""
    choices = schema.get("enum") or [schema["minimum"], schema["maximum"]]
    return min(choices), max(choices)


def test_a_number_twice_is_none(ada: Person) -> None:
    refused(ada.get("books?page_size=1&page_size=100"), 400, "invalid", "page_size")
    refused(ada.get("loans?patron=1&patron=2"), 400, "invalid", "patron")
    refused(ada.get("events?after=1&after=2"), 400, "invalid", "after")


@pytest.mark.parametrize("number", [text for text in NONE if text])
def test_every_number_in_a_path(ada: Person, number: str) -> None:
    for path in done(ada.get("schema"))["paths"]:
        if "{id}" in path:
            refused(ada.get(path.replace("{id}", number)), 404, "not_found")
