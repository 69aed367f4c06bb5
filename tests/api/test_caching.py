"""Who may store an answer, what is asked for again only when it changed, and what is compressed."""

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from tests.api.answers import done, refused
from tests.bus import Bus
from tests.people import Person

pytestmark = pytest.mark.django_db
PACKED = {"Accept-Encoding": "gzip"}


def test_what_is_for_everyone_may_be_stored_for_a_while(book: int, nobody: Person, haneul: Person) -> None:
    for path in ("books", f"books/{book}"):
        for caller in (nobody, haneul):
            answer = caller.get(path)
            assert answer["Cache-Control"] == "public, max-age=10", path
            assert "Accept-Language" in answer["Vary"]
            assert not answer.cookies
    assert nobody.get("schema")["Cache-Control"] == "public, max-age=300"


def test_what_is_somebodys_own_is_not_stored(book: int, nobody: Person, haneul: Person, ada: Person) -> None:
    loan = done(haneul.post("loans", {"book": book}), 201)["id"]
    Bus().settle()
    for path in ("me", "loans", f"loans/{loan}", "fines", "dashboard", f"books/{book}/availability"):
        answer = haneul.get(path)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store"), path
        assert not answer.has_header("ETag")
    for path in ("patrons", "events", f"books/{book}/copies"):
        assert ada.get(path)["Cache-Control"] == "private, no-store", path
    refusals = [nobody.get("books/999999"), nobody.get("books?page_size=0"), nobody.get("me"), nobody.post("docs", {})]
    assert {answer["Cache-Control"] for answer in refusals} == {"private, no-store"}
    assert ada.post("books", {"title": "Emma"})["Cache-Control"] == "private, no-store"
    for path in ("/health/live", "/metrics", "/", "docs", "docs?script=", "docs?script="):  # with a token against CSRF
        assert nobody.get(path)["Cache-Control"] == "private, no-store", path


def test_it_is_sent_again_only_when_it_changed(book: int, nobody: Person, ada: Person) -> None:
    done(ada.post("books", {"title": "Emma"}), 201)
    for path in ("books?page_size=1", f"books/{book}"):  # with the address of the next page, too
        first = nobody.get(path)
        asked = {"If-None-Match": first["ETag"]}
        again = nobody.get(path, headers=asked)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert again["Cache-Control"] == first["Cache-Control"]
    done(ada.patch(f"books/{book}", {"title": "무진기행, 개정판"}))
    assert done(nobody.get(f"books/{book}", headers=asked))["title"] == "무진기행, 개정판"


def test_a_packed_answer_and_a_plain_one_are_the_same_book(book: int, nobody: Person, ada: Person) -> None:
    done(ada.patch(f"books/{book}", {"description": "안개 " * 200}))
    plain, packed = nobody.get(f"books/{book}"), nobody.get(f"books/{book}", headers=PACKED)

    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert json.loads(gzip.decompress(packed.content)) == plain.json()
    assert packed["ETag"] == f"W/{plain['ETag']}"
    for tag in (plain["ETag"], packed["ETag"]):
        assert nobody.get(f"books/{book}", headers={**PACKED, "If-None-Match": tag}).status_code == 304


def test_nothing_with_a_secret_is_packed(book: int, haneul: Person, ada: Person) -> None:
    done(ada.post(f"books/{book}/copies", {"count": 30}), 201)
    for caller, path in [(ada, "events"), (ada, f"books/{book}/copies"), (haneul, "/admin/login/")]:
        answer = caller.get(path, headers=PACKED)
        assert len(answer.content) > 1_000
        assert not answer.has_header("Content-Encoding")


def entered(call: Callable[[], object]) -> set[str]:
    """The names of the files of Python code that a call runs."""
    files = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            files.add(Path(frame.f_code.co_filename).as_posix())

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
    return files


def test_an_answer_that_is_not_for_everyone_costs_no_more_than_a_header(
    book: int, nobody: Person, haneul: Person
) -> None:
    own = [lambda: nobody.get("/health/live"), lambda: haneul.get("me"), lambda: haneul.post("loans", {"book": book})]
    files = set().union(*map(entered, own))
    assert {Path(file).name for file in files if "/http/answers/" in file} == {"finishing.py"}
    dear = ("django/middleware/gzip.py", "django/middleware/http.py")
    assert not [file for file in files if file.endswith(dear)]
    files = entered(lambda: nobody.get("books", headers=PACKED))
    assert {end for end in dear for file in files if file.endswith(end)} == set(dear)


def test_the_schema_is_the_same_each_time_and_packed(nobody: Person) -> None:
    first, packed = nobody.get("schema"), nobody.get("schema", headers=PACKED)

    assert packed["ETag"] == f"W/{first['ETag']}"
    assert len(packed.content) < len(first.content) / 5


def test_a_cursor_is_refused_unless_it_was_made_here(book: int, nobody: Person, ada: Person) -> None:
    done(ada.post("books", {"title": "Emma"}), 201)
    page = done(nobody.get("books", {"page_size": 1}))

    assert done(nobody.get(page["next"]))["previous"]
    refused(nobody.get(page["next"].replace("cursor=", "cursor=x")), 400, "invalid", "cursor")
