"""Every address answers what is not foreseen there as JSON, also those of the documents."""

import pytest

from tests.api.answers import done, refused
from tests.api.test_who_may import TABLE
from tests.people import Person

pytestmark = pytest.mark.django_db


def test_options_of_every_address(ada: Person) -> None:
    for path in sorted({row.route.replace("<id:pk>", "1").replace("<slug:code>", "disc") for row in TABLE}):
        answer = ada.options(path)
        assert answer.status_code in {200, 404}, (path, answer.content)
        assert answer["Content-Type"] in {"application/json", "application/problem+json"}, path
        assert "OPTIONS" in answer["Allow"], path


def test_what_the_documents_do_not_do(nobody: Person) -> None:
    for path in ("docs", "schema"):
        for call in (nobody.post, nobody.put, nobody.patch, nobody.delete):
            assert refused(call(path, {}), 405, "method_not_allowed")
        assert nobody.head(path).status_code == 200


def test_the_documents_are_what_they_were(nobody: Person) -> None:
    page = nobody.get("docs")
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert done(nobody.get("schema"))["openapi"] == "3.1.1"
