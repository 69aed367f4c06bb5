"""The list of books over HTTP: filtered, ordered, page after page."""

from itertools import pairwise

import pytest
from django.test import Client

from catalog.models import Copy
from catalog.services import add_copies, register_book, withdraw_book
from tests.catalog.books import NOW, register


def listed(client: Client, **parameters) -> list[str]:
    answer = client.get("/api/v1/books", parameters)
    assert answer.status_code == 200, answer.content
    return [book["title"] for book in answer.json()["results"]]


def test_the_list_tells_of_copies(client, db):
    book = register_book(now=NOW, title="두 권짜리", copies=3)
    lent, gone = Copy.objects.filter(book=book)[:2]
    Copy.objects.filter(pk=lent.pk).update(lendable=False, place="loan")
    Copy.objects.filter(pk=gone.pk).update(withdrawn_at=NOW)
    register("빈 책")

    [found] = client.get("/api/v1/books", {"q": "두", "available": "true"}).json()["results"]

    assert (found["copies_total"], found["copies_available"]) == (2, 1)
    assert listed(client, available="true") == ["두 권짜리"]
    assert listed(client) == ["빈 책", "두 권짜리"]


def test_a_withdrawn_book_leaves_the_list(client, db):
    withdraw_book(register("사라진 책").pk, now=NOW)

    assert listed(client) == []


def test_the_list_filters(client, shelf):
    assert listed(client, isbn="0-7432-7356-7") == ["The Great Gatsby"]
    assert listed(client, author="orwell") == ["1984"]
    assert listed(client, language="ger") == ["Straße nach Łódź"]
    assert sorted(listed(client, language="en")) == ["Harry Potter and the Philosopher’s Stone", "The Great Gatsby"]
    assert listed(client, q="!!") == []
    assert len(listed(client, q="")) == 8


@pytest.mark.parametrize(
    "parameters", [{"isbn": "123"}, {"language": "!"}, {"ordering": "isbn"}, {"available": "perhaps"}, {"q": "\0"}]
)
def test_filters_that_mean_nothing_are_refused(client, db, parameters):
    assert client.get("/api/v1/books", parameters).status_code == 400


def test_filters_are_refused_in_the_language_of_each_caller(client, db):
    def refused(language: str) -> str:
        answer = client.get("/api/v1/books", {"q": "가" * 201}, headers={"Accept-Language": language})
        return str(answer.json()["errors"])

    assert "200" in refused("en")
    assert refused("ko") != refused("en")
    assert refused("en") == refused("en")


def test_a_search_says_the_same_of_a_book_as_the_book_itself(client, shelf):
    shelf_of = client.get("/api/v1/books", {"page_size": 100}).json()["results"]
    add_copies(shelf_of[0]["id"], count=3, now=NOW)

    for book in shelf_of:
        [said, *_others] = client.get("/api/v1/books", {"q": book["title"]}).json()["results"]
        assert list(said.items()) == list(client.get(f"/api/v1/books/{book['id']}").json().items())


@pytest.mark.parametrize(
    "ordering", ["", "id", "-id", "title", "-title", "published_year", "-published_year", "-registered_at"]
)
@pytest.mark.parametrize("question", ["", "돌"])
def test_every_book_is_on_one_page_in_order_there_and_back(client, db, ordering, question):
    for number, year in enumerate([1999, None, 2001, 1999, None, 1850, 1999, -300, 2001, None, 1999]):
        register(f"돌 {number % 4}", published_year=year)

    parameters = {name: text for name, text in {"ordering": ordering, "q": question}.items() if text}
    there = list(walk(client, "next", "/api/v1/books", {**parameters, "page_size": 3}))
    back = list(walk(client, "previous", there[-1]["here"], {}))

    assert [len(page["results"]) for page in there] == [3, 3, 3, 2]
    assert [page["results"] for page in back[::-1]] == [page["results"] for page in there]
    books = [book for page in there for book in page["results"]]
    assert len({book["id"] for book in books}) == 11
    if ordering:
        assert all(is_ordered(ordering, *pair) for pair in pairwise(books))


def walk(client, direction, address, parameters):
    page = client.get(address, parameters)
    while True:
        assert page.status_code == 200, page.content
        yield {**page.json(), "here": page.wsgi_request.build_absolute_uri()}
        if not (address := page.json()[direction]):
            return
        page = client.get(address)


def is_ordered(ordering, first, second):
    name = ordering.removeprefix("-").replace("registered_at", "id")
    least = float("-inf")
    keys = [(least if book[name] is None else book[name], book["id"]) for book in (first, second)]
    return keys[0] > keys[1] if ordering.startswith("-") else keys[0] < keys[1]


@pytest.mark.parametrize("first_gone", [0, 2])
def test_a_book_withdrawn_between_two_pages_moves_no_other(client, db, first_gone):
    books = [register(f"달 {number}") for number in range(6)]
    first = client.get("/api/v1/books", {"q": "달", "page_size": 3}).json()

    withdraw_book(books[first_gone].pk, now=NOW)

    second = client.get(first["next"]).json()["results"]
    assert [book["id"] for book in second] == [book.pk for book in books[3:]]


@pytest.mark.parametrize("question", ["", "달"])
@pytest.mark.parametrize("cursor", ["", "garbage", "cD0y", "W10:1a:b", "한글", "\x01", "a" * 3000])
def test_a_foreign_cursor_is_refused(client, db, cursor, question):
    register("달")
    assert client.get("/api/v1/books", {"q": question, "cursor": cursor}).status_code == 400


def test_a_cursor_of_another_ordering_is_refused(client, db):
    for number in range(3):
        register(f"달 {number}")
    address = client.get("/api/v1/books", {"ordering": "title", "page_size": 1}).json()["next"]

    assert client.get(address.replace("ordering=title", "ordering=-id")).status_code == 400


def test_the_total_of_a_search_is_told(client, db):
    for number in range(30):
        register(f"숲 {number}", "나무" if number % 3 else "바람")

    assert client.get("/api/v1/books", {"q": "숲"})["Library-Total"] == "30"
    assert client.get("/api/v1/books", {"q": "숲", "author": "바람"})["Library-Total"] == "10"
    assert client.get("/api/v1/books", {"author": "나무", "page_size": 5})["Library-Total"] == "20"
    assert client.get("/api/v1/books", {"q": "늪"})["Library-Total"] == "0"
    assert "Library-Total" not in client.get("/api/v1/books")


def test_what_is_available_is_true_at_this_moment_though_the_index_says_nothing_of_it(client, db):
    books = [register_book(now=NOW, title=f"별 {number}", copies=number % 2) for number in range(60)]
    lent = [book.pk for book in books[1:40:2]]
    client.get("/api/v1/books", {"q": "별"})
    Copy.objects.filter(book__in=lent).update(lendable=False, place="loan")

    there = list(walk(client, "next", "/api/v1/books", {"q": "별", "available": "true", "page_size": 3}))
    back = list(walk(client, "previous", there[-1]["here"], {}))

    shown = [book["id"] for page in there for book in page["results"]]
    assert shown == [book.pk for book in books[41::2]]
    assert [page["results"] for page in back[::-1]] == [page["results"] for page in there]
    assert client.get("/api/v1/books", {"q": "별", "available": "true", "page_size": 3})["Library-Total"] == "3+"


def test_a_page_gives_up_looking_for_what_is_available_and_goes_on_on_the_next(client, db, monkeypatch):
    monkeypatch.setattr("catalog.paging.MOST_LOOKED_AT", 8)
    books = [register_book(now=NOW, title=f"달빛 {number}", copies=1) for number in range(21)]
    Copy.objects.exclude(book=books[-1]).update(lendable=False, place="loan")

    there = list(walk(client, "next", "/api/v1/books", {"q": "달빛", "available": "true", "page_size": 3}))

    assert [book["id"] for page in there for book in page["results"]] == [books[-1].pk]
    assert len(there) <= 4
    assert listed(client, q="달빛", available="true", ordering="title") == [books[-1].title]


def test_filters_and_the_search_go_together(client, db):
    register("우주 여행", language="ko", isbn="9780743273565")
    register("Space travel, 우주", language="en-GB")
    register("우주", language="ko")

    assert listed(client, q="우주", language="en") == ["Space travel, 우주"]
    assert listed(client, q="우주", isbn="9780743273565") == ["우주 여행"]
    assert listed(client, q="우주", language="ko", ordering="-title") == ["우주 여행", "우주"]
    assert listed(client, q="우주", language="en", isbn="9780743273565") == []


def test_pages_of_a_search_neither_repeat_nor_miss_while_the_catalogue_changes(client, db):
    books = [register(f"물결 {number}") for number in range(12)]
    page = client.get("/api/v1/books", {"q": "물결", "page_size": 4}).json()
    seen = [book["id"] for book in page["results"]]

    withdraw_book(seen[-1], now=NOW)
    for number in range(3):
        register(f"물결 새 {number}")
    register("물결")
    while page["next"]:
        page = client.get(page["next"]).json()
        seen += [book["id"] for book in page["results"]]

    assert [book for book in seen if book <= books[-1].pk] == [book.pk for book in books]
    assert len(seen) == len(set(seen))
