"""What the OpenAPI document allows in requests is what the server takes, no more."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

OPTIONAL = {"adopt_fee_schedule", "buy_off", "return_loan", "renew_loan", "adopt_policy", "suspend_hold"}
"""The operations that may be called with or without a body."""
TAKEN = [
    ("borrow_book", {"book": 1}),
    ("borrow_book", {"book": 1, "quantity": 2}),
    ("borrow_book", {"patron": 1, "book": 1, "borrowed_on": "2026-01-05"}),
    ("borrow_book", {"patron": 1, "barcode": "B1"}),
    ("add_copies", {"count": 2}),
    ("add_copies", {"barcodes": ["B1", "B2"]}),
    ("update_book", {"isbn": None, "language": ""}),
    ("update_book", {"isbn": "978-89-364-3412-0", "language": "ko"}),
    ("return_loan", {}),
    ("update_me", {"email": ""}),
    ("register_patron", {"card_number": "P-1", "name": "Jo", "email": ""}),
    ("update_me", {"notices": {"email": False}}),
]
REFUSED = [
    ("borrow_book", {}),
    ("borrow_book", {"book": 1, "barcode": "B1"}),
    ("borrow_book", {"patron": 1, "barcode": "B1", "quantity": 2}),
    ("add_copies", {}),
    ("add_copies", {"count": 1, "barcodes": ["B1"]}),
    ("add_copies", {"barcodes": ["B1", "B1"]}),
    ("update_book", {"isbn": "not one"}),
    ("update_book", {"language": "Korean, mostly"}),
    ("return_loan", {"quantity": 1, "colour": "red"}),
    ("update_me", {"notices": {"telephone": True}}),
]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document as it is made."""
    made: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return made


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All operations by their names."""
    return {one["operationId"]: one for item in document["paths"].values() for one in item.values()}


def takes(document: dict[str, Any], name: str, body: Any) -> bool:
    """Whether the document allows that body."""
    schema = operations(document)[name]["requestBody"]["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": document["components"]}).is_valid(body)


@pytest.mark.parametrize(("name", "body"), TAKEN)
def test_it_takes(document: dict[str, Any], name: str, body: Any) -> None:
    assert takes(document, name, body)


@pytest.mark.parametrize(("name", "body"), REFUSED)
def test_it_refuses(document: dict[str, Any], name: str, body: Any) -> None:
    assert not takes(document, name, body)


def test_a_body_that_is_needed_is_required(document: dict[str, Any]) -> None:
    bodies = {name: one["requestBody"] for name, one in operations(document).items() if "requestBody" in one}
    assert {name for name, body in bodies.items() if not body.get("required")} == OPTIONAL


def test_no_request_takes_unknown_members(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    requests = {name for name, schema in schemas.items() if name.endswith("Request") and "oneOf" not in schema}
    assert len(requests) > 10
    assert {name for name in requests if schemas[name]["additionalProperties"] is not False} == set()


def test_a_change_has_no_defaults_that_would_empty_what_it_leaves_out(document: dict[str, Any]) -> None:
    for name in ("UpdateBookRequest", "UpdatePatronRequest"):
        assert "'default'" not in str(document["components"]["schemas"][name])


def test_names_and_descriptions_are_for_readers_outside(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert {"Loan", "LoanList", "Book", "Patron", "Fine", "Dashboard", "Problem", "BorrowRequest"} <= schemas.keys()
    assert [name for name in schemas if name.startswith(("Patched", "Blank")) or name.endswith(("Enum", "Shown"))] == []
    assert "description" not in schemas["Loan"]
    assert "description" not in schemas["Dashboard"]
