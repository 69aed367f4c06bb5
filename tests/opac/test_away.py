"""Books on the site while a context can't be reached."""

import pytest

from tests.bus import Bus
from tests.opac.books import a_book
from tests.opac.visitor import Visitor
from tests.stories.test_context_down import down, rename

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bus() -> Bus:
    return Bus()


def test_without_the_catalogue_pages_of_books_say_so_calmly(bus: Bus) -> None:
    book = a_book("강물", copies=1, bus=bus)
    with down("catalog"):
        for path in (f"/books/{book.pk}", f"/books/{book.pk}.mrc", "/search?q=강", "/shelf"):
            answer = Visitor().get(path)
            assert answer.status_code == 503
            assert "The catalogue is away for a moment" in answer.content.decode()
            assert int(answer.headers["Retry-After"]) > 0
        assert 'class="hero"' in Visitor().see("/")
        assert "잠시 목록을 볼 수 없습니다" in Visitor(language="ko").get("/shelf").content.decode()


def test_what_is_away_too_is_not_promised(bus: Bus) -> None:
    book = a_book("강물", copies=1, bus=bus)
    with down("catalog"):
        rename([("lending_loan", "loan_away")])
        try:
            answers = [Visitor().get(path) for path in (f"/books/{book.pk}", "/search?q=강", "/shelf")]
        finally:
            rename([("loan_away", "lending_loan")])
    for answer in answers:
        assert (answer.status_code, "Please wait" in answer.content.decode()) == (503, True)
        assert "as always" not in answer.content.decode()


def test_without_lending_books_are_shown_without_stock(bus: Bus) -> None:
    book = a_book("강물", copies=1, call_number="813", bus=bus)
    visitor = Visitor()
    assert "On the shelf" in visitor.see("/search", q="강물")
    with down("lending"):
        for path in (f"/books/{book.pk}", "/search?q=강물", "/shelf"):
            page = visitor.see(path)
            assert "강물" in page
            assert "On the shelf<" not in page
