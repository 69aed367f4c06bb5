"""Lists come in pages, and their cursors walk everything exactly once, there and back."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.api.answers import done, refused
from tests.bus import Bus
from tests.people import Person, a_librarian, a_patron

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def ada(lasting: None) -> Person:
    """A librarian."""
    return a_librarian("L-7001", "Ada Shelf")


@pytest.fixture(scope="module")
def shelves(ada: Person) -> int:
    """Seven books, three of one year and two of none, one with seven copies; returns that one's id."""
    years = [1999, 1999, 1999, None, None, 1813, 2012]
    for number, year in enumerate(years):
        done(ada.post("books", {"title": f"한국사 {number % 3}", "published_year": year}), 201)
    thick = done(ada.post("books", {"title": "대백과", "copies": 7}), 201)["id"]
    Bus().settle()
    return int(thick)


def walk(person: Person, path: str, query: dict[str, Any], way: str = "next") -> list[list[dict[str, Any]]]:
    pages, page = [], done(person.get(path, query))
    while True:
        assert page.keys() == {"next", "previous", "results"}
        pages.append(page["results"])
        if not page[way]:
            return pages
        assert page[way].startswith("http://testserver/api/v1/")
        page = done(person.get(page[way]))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("query", [{}, {"ordering": "title"}, {"ordering": "-published_year"}, {"q": "한국사"}])
def test_books_are_walked_exactly_once(shelves: int, nobody: Person, query: dict[str, str], size: int) -> None:
    pages = walk(nobody, "books", {**query, "page_size": size})

    walked = [book["id"] for page in pages for book in page]
    assert len(walked) == len(set(walked)) == (7 if "q" in query else 8)
    assert all(len(page) == size for page in pages[:-1])


@pytest.mark.parametrize("query", [{}, {"ordering": "title"}, {"ordering": "-published_year"}, {"q": "한국사"}])
def test_books_are_walked_back_the_same_way(shelves: int, nobody: Person, query: dict[str, str]) -> None:
    there = walk(nobody, "books", {**query, "page_size": 2})
    page = done(nobody.get("books", {**query, "page_size": 2}))
    while page["next"]:
        page = done(nobody.get(page["next"]))

    back = [page["results"]]
    while page["previous"]:
        page = done(nobody.get(page["previous"]))
        back.append(page["results"])
    assert back[::-1] == there


def test_the_other_lists_are_walked_exactly_once(shelves: int, haneul: Person, ada: Person) -> None:
    for _number in range(5):
        done(haneul.post("loans", {"book": shelves}), 201)
    for number in range(5):
        a_patron(f"P-80{number}", f"단골 {number}")

    for person, path, count in [(haneul, "loans", 5), (ada, "patrons", 7), (ada, f"books/{shelves}/copies", 7)]:
        walked = [one["id"] for page in walk(person, path, {"page_size": 2}) for one in page]
        assert len(walked) == len(set(walked)) == count, path
        assert walked == sorted(walked, reverse=True)


def test_what_comes_in_meanwhile_neither_repeats_nor_hides_anything(book: int, haneul: Person) -> None:
    old = [done(haneul.post("loans", {"book": book}), 201)["id"] for _number in range(2)]
    first = done(haneul.get("loans", {"page_size": 1}))
    done(haneul.post("loans", {"book": book}), 201)

    second = done(haneul.get(first["next"]))
    assert [first["results"][0]["id"], second["results"][0]["id"]] == old[::-1]


def test_a_page_has_twenty_entries_unless_asked_otherwise(haneul: Person, ada: Person) -> None:
    many = done(ada.post("books", {"title": "총서", "copies": 25}), 201)["id"]

    assert len(done(ada.get(f"books/{many}/copies"))["results"]) == 20
    assert len(done(ada.get(f"books/{many}/copies", {"page_size": 100}))["results"]) == 25


def test_every_list_refuses_what_it_can_not_be_asked_for(book: int, haneul: Person, ada: Person) -> None:
    ids = {"patrons": haneul.id, "books": book, "copies": done(ada.get("copies"))["results"][0]["id"]}
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    lists = [
        path.removeprefix("/api/v1/")
        for path, item in paths.items()
        if "cursor" in [one["name"] for one in item.get("get", {}).get("parameters", ())]
    ]
    assert len(lists) >= 20
    for path in lists:
        address = path.replace("{id}", str(ids.get(path.partition("/")[0])))
        refused(ada.get(address, {"colour": "red"}), 400, "invalid", "colour")


def cursors(person: Person, path: str) -> list[str]:
    """Those of a list in pages of one entry."""
    found, page = [], done(person.get(path, {"page_size": 1}))
    while page["next"]:
        found.append(parse_qs(urlsplit(page["next"]).query)["cursor"][0])
        page = done(person.get(page["next"]))
    return found


def test_a_cursor_of_a_list_with_other_keys_was_not_made_here(book: int, haneul: Person, ada: Person) -> None:
    for word in ("9" * 30, "adult", "child"):
        done(ada.post("categories", {"code": word, "name_ko": word, "name_en": word}), 201)
    for _number in range(2):
        done(haneul.post("loans", {"book": book}), 201)
    words = cursors(ada, "categories")
    acts = cursors(ada, f"patrons/{haneul.id}/history")

    for path in ("loans", "patrons", "copies"):
        for cursor in [*words, *acts]:
            refused(ada.get(path, {"cursor": cursor}), 400, "invalid", "cursor")
    refused(ada.get("categories", {"cursor": acts[0]}), 400, "invalid", "cursor")
