"""What no database takes is refused before it is looked up there."""

import json
from collections.abc import Iterator

import pytest
from rest_framework.exceptions import ValidationError

import library.urls  # noqa: F401  whatever the API takes is known then
from catalog.models import Copy
from kernel.http.input.fields import Text
from tests.people import Person

NOT_STORED = ["\u0000", "book\u0000", "\ud800"]


def kinds_of(field: type[Text]) -> Iterator[type[Text]]:
    """That field and all that are made of it."""
    yield field
    for one in field.__subclasses__():
        yield from kinds_of(one)


@pytest.mark.parametrize("text", NOT_STORED)
@pytest.mark.parametrize("kind", sorted({*kinds_of(Text)}, key=str))
def test_a_field_refuses_it_by_itself(kind: type[Text], text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        kind().to_internal_value(text)
    assert {error.code for error in refused.value.detail} <= {
        "null_characters_not_allowed",
        "surrogate_characters_not_allowed",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("text", NOT_STORED[:2])
def test_a_code_that_nothing_can_have_is_an_error_of_its_field(ada: Person, book: int, text: str) -> None:
    copy = Copy.objects.filter(book=book).values_list("pk", flat=True)[0]
    for path, name in ((f"copies/{copy}", "type"), (f"patrons/{ada.id}", "category")):
        answer = ada.generic("PATCH", path, json.dumps({name: text}), "application/json")
        assert answer.status_code == 400
        assert [one["field"] for one in answer.json()["errors"]] == [name]
