"""Addresses that make no sense: a page that says so, or what they mean without the nonsense; never a failure."""

import pytest

from tests.catalog.books import register
from tests.opac.visitor import Visitor

pytestmark = pytest.mark.django_db
LARGE = "9" * 30


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/search", {"at": "nonsense"}, 404),
        ("/search", {"at": "W10:AAAA"}, 404),
        ("/search", {"at": "\0"}, 404),
        ("/search", {"at": "x" * 10_000, "sort": "title"}, 404),
        ("/search", {"q": "\0"}, 200),
        ("/search", {"q": "강\0물", "author": "\0", "language": "\0", "subject": "\ud7ff"}, 200),
        ("/search", {"q": "가" * 10_000}, 200),
        ("/search", {"q": "\"'\\()[]{}*:^~ AND OR NOT"}, 200),
        ("/search", {"class": "10", "language": "x" * 5_000, "from": LARGE, "to": "-5", "sort": "none"}, 200),
        ("/search", {"from": "２０００", "to": "이천"}, 200),
        ("/search", {"author": "가" * 10_000}, 200),
        ("/shelf", {"at": "\0"}, 200),
        ("/shelf", {"at": "가" * 10_000}, 200),
        ("/shelf", {"from": "nonsense"}, 404),
        ("/shelf", {"before": f"ff.{LARGE}"}, 404),
        ("/shelf", {"before": ""}, 200),
        (f"/books/{LARGE}", {}, 404),
        ("/books/999999999999999999", {}, 404),
        ("/books/0", {}, 404),
        ("/books/1e3", {}, 404),
        ("/books/999999999999999999.mrc", {}, 404),
        ("/sitemap-999999999999999999.xml", {}, 404),
    ],
)
def test_no_address_fails(path: str, query: dict[str, str], status: int) -> None:
    register("강물")
    for language in ("en", "ko"):
        answer = Visitor(language=language).get(path, query, headers={"Accept": "text/html"})
        assert answer.status_code == status
        assert "\0" not in answer.content.decode()
        if status == 404:
            assert 'class="top"' in answer.content.decode()


@pytest.mark.parametrize("path", ["/search", "/shelf", "/books/1", "/robots.txt", "/sitemap.xml"])
def test_pages_to_look_at_take_nothing(path: str) -> None:
    assert Visitor().post(path).status_code == 405
