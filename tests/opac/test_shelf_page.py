"""The shelf on the site, the front page's strips, and what search engines are told."""

import re
from html import unescape

import pytest
from django.test import Client

from catalog.services import withdraw_book
from tests.catalog.books import NOW, register
from tests.opac.visitor import Visitor

pytestmark = pytest.mark.django_db


def on_shelf(page: str) -> list[str]:
    """The titles on the shelf, in their order."""
    return re.findall(r"<h2><a [^>]*>([^<]*?)\s*</a>", page)


def further(page: str, way: str) -> str:
    """The address of the link that leads further along the shelf."""
    return unescape(re.findall(rf'rel="{way}" href="([^"]+)"', page)[0])


def test_one_walks_the_shelf_to_its_end_and_back() -> None:
    numbers = [f"813.6-김{number}ㄱ" for number in range(11, 71)]
    for number in numbers:
        register(number, call_number=number)
    in_order = sorted(numbers)
    visitor = Visitor()
    page = visitor.see("/shelf")
    assert on_shelf(page) == in_order[:24]
    assert 'rel="prev"' not in page
    page = visitor.see(further(page, "next"))
    page = visitor.see(further(page, "next"))
    assert on_shelf(page) == in_order[48:]
    assert 'rel="next"' not in page
    page = visitor.see(further(page, "prev"))
    assert on_shelf(page) == in_order[24:48]


def test_a_call_number_is_gone_to_in_either_way_of_writing() -> None:
    for number in ("811 가1", "813.6 김64ㅅ", "900 가1"):
        register(number, call_number=number)
    assert on_shelf(Visitor().see("/shelf", at="813.6-김64ㅅ")) == ["813.6 김64ㅅ", "900 가1"]
    assert on_shelf(Visitor().see("/shelf", at="9")) == ["900 가1"]
    behind = Visitor(language="ko").see("/shelf", at="999")
    assert "이 자리 뒤에는 책이 없습니다." in behind


def test_the_front_page_shows_what_is_new_and_what_is_borrowed_most() -> None:
    register("많이 빌린 책", loans_before=40)
    register("아무도 안 빌린 책")
    register("새 책")
    page = Visitor(language="ko").see("/")
    new, borrowed = page.partition('aria-labelledby="borrowed"')[::2]
    assert re.findall(r'strip-title">([^<]*)<', new) == ["새 책", "아무도 안 빌린 책", "많이 빌린 책"]
    assert re.findall(r'strip-title">([^<]*)<', borrowed) == ["많이 빌린 책"]


def test_a_library_without_books_has_a_front_page_and_a_shelf() -> None:
    assert "strip" not in re.sub(r"<link[^>]*>", "", Visitor().see("/"))
    assert "No book stands behind this place." in Visitor().see("/shelf")


def test_robots_are_told_what_is_theirs_and_where_all_books_are() -> None:
    kept, gone = register("강물"), register("바다")
    withdraw_book(gone.pk, now=NOW)
    robots = Client().get("/robots.txt").content.decode()
    assert "Disallow: /me" in robots
    assert "Disallow: /search" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    index = b"".join(Client().get("/sitemap.xml")).decode()
    parts = re.findall(r"<loc>http://testserver([^<]+)</loc>", index)
    listed = "".join(b"".join(Client().get(part)).decode() for part in parts)
    assert f"<loc>http://testserver/books/{kept.pk}</loc>" in listed
    assert f"/books/{gone.pk}<" not in listed
    assert Client().get("/sitemap-999999.xml").status_code == 404
