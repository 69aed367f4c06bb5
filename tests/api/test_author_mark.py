"""Author marks at the API, by 이재철's tables."""

import pytest

from tests.api.answers import done
from tests.people import Person

pytestmark = pytest.mark.django_db


def test_a_librarian_asks_for_an_author_mark(ada: Person) -> None:
    asked = {"author": "김영하", "title": "살인자의 기억법"}
    assert done(ada.get("author-mark", asked)) == {"mark": "김64ㅅ"}
    assert done(ada.get("author-mark", {**asked, "table": 7})) == {"mark": "김93ㅅ"}
    assert done(ada.get("author-mark", {"author": "김영하"})) == {"mark": "김64"}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"author": "Rowling", "title": "Harry Potter"}, "author"),
        ({"author": "왕", "title": "시"}, "author"),
        ({"author": "", "title": "시"}, "author"),
        ({"title": "시"}, "author"),
        ({"author": "김영하", "table": 4}, "table"),
        ({"author": "김영하", "table": "five"}, "table"),
        ({"author": "김영하", "page": 1}, "page"),
        ({"author": "김\0영하"}, "author"),
    ],
)
def test_what_gives_none_is_a_clear_400(ada: Person, asked: dict[str, object], field: str) -> None:
    answer = ada.get("author-mark", asked)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
