"""Looking for books on the site, by plain addresses and forms, and by the parts that htmx asks for."""

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from catalog.models import Book
from lending.checkout.services import borrow_book
from opac.finding import results
from tests.bus import Bus
from tests.catalog.books import NOW, register
from tests.opac.books import a_book
from tests.opac.visitor import Visitor
from tests.people import a_patron

pytestmark = pytest.mark.django_db


@pytest.fixture
def rivers(bus: Bus) -> list[Book]:
    """Invented books about rivers."""
    ko = {"language": "ko", "subjects": ["강"]}
    return [
        a_book("강물이 흐른다", "나루", published_year=1998, class_number="813.7", copies=2, bus=bus, **ko),
        a_book("강가의 집", "가람", published_year=2011, class_number="540", copies=1, bus=bus, **ko),
        a_book("강 River", "나루", published_year=2015, language="en", class_number="914", loans_before=90),
    ]


def titles(page: str) -> list[str]:
    """The titles of the hits, in their order."""
    return [re.sub(r"<[^>]+>", "", found).strip() for found in re.findall(r"<h3><a [^>]*>(.*?)</a></h3>", page)]


def link(page: str, words: str) -> str:
    """The address of the first link that has the words."""
    for address, text in re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL):
        if words in re.sub(r"<[^>]+>", "", text):
            return unescape(address)
    raise AssertionError(words)


@pytest.mark.usefixtures("rivers")
def test_a_question_is_answered_with_total_stock_and_call_to_nobody_else() -> None:
    page = Visitor().see("/search", q="강")
    assert titles(page) == ["강 River", "강물이 흐른다", "강가의 집"]
    assert "3 books" in page
    assert "2 of 2 copies on the shelf" in page
    assert "No copies" in page
    korean = Visitor(language="ko").see("/search", q="강")
    assert "3건" in korean
    assert "2권 중 2권 대출 가능" in korean
    assert 'value="강"' in korean


@pytest.mark.usefixtures("rivers")
def test_filters_have_counts_narrow_the_results_and_are_taken_away_by_their_chips() -> None:
    visitor = Visitor()
    page = visitor.see("/search", q="강")
    assert re.search(r"나루</span><span class=\"count number\">2<", page)
    narrowed = visitor.see(link(page, "나루"))
    assert titles(narrowed) == ["강 River", "강물이 흐른다"]
    twice = visitor.see(link(narrowed, "2010s"))
    assert titles(twice) == ["강 River"]
    without = link(twice, "Without the filter 2010–2019")
    assert dict(parse_qsl(urlsplit(without).query)) == {"q": "강", "author": "나루"}
    assert titles(visitor.see(without)) == titles(narrowed)
    assert titles(visitor.see(link(twice, "Without any filter"))) == titles(page)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"author": "가람"}, ["강가의 집"]),
        ({"subject": "강"}, ["강물이 흐른다", "강가의 집"]),
        ({"class": "9"}, ["강 River"]),
        ({"language": "en"}, ["강 River"]),
        ({"from": "2000", "to": "2012"}, ["강가의 집"]),
        ({"to": "2000"}, ["강물이 흐른다"]),
        ({"from": "2012", "to": "2000"}, ["강가의 집"]),
        ({"available": "1"}, ["강물이 흐른다", "강가의 집"]),
        ({"sort": "year"}, ["강 River", "강가의 집", "강물이 흐른다"]),
        ({"sort": "title"}, ["강 River", "강가의 집", "강물이 흐른다"]),
        ({"author": "나루", "sort": "newest", "from": "1990", "to": "1999"}, ["강물이 흐른다"]),
    ],
)
@pytest.mark.usefixtures("rivers")
def test_addresses_say_what_is_wanted(wanted: dict[str, str], found: list[str]) -> None:
    assert titles(Visitor().see("/search", q="강", **wanted)) == found


def test_what_is_out_is_not_available_now(bus: Bus) -> None:
    book, patron = a_book("강물", copies=1, bus=bus), a_patron()
    borrow_book(patron_id=patron.id, book_id=book.pk, now=NOW)
    bus.settle()
    page = Visitor().see("/search", q="강물")
    assert ">Not available now<" in page
    assert titles(Visitor().see("/search", q="강물", available="1")) == []


@pytest.mark.parametrize("sort", ["answer", "borrowed", "newest", "year", "title"])
def test_pages_keep_the_filters_and_neither_miss_nor_repeat_a_book(sort: str) -> None:
    for number in range(45):
        register(f"강 {number:02}", "나루", published_year=1990 + number % 3)
    register("강 99", "가람")
    visitor, seen = Visitor(), []
    page = visitor.see("/search", q="강", author="나루", sort=sort)
    first = titles(page)
    while len(seen) < 60:
        seen += titles(page)
        if 'rel="next' not in page:
            break
        assert "author=" in link(page, "Next")
        page = visitor.see(link(page, "Next"))
    assert len(seen) == len(set(seen)) == 45
    back = visitor.see(link(page, "Previous"))
    assert titles(visitor.see(link(back, "Previous"))) == first


def test_where_pages_by_title_end_before_the_books_do_the_last_one_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "DEEPEST", 40)
    for number in range(41):
        register(f"강 {number:02}")
    visitor = Visitor()
    pages = [visitor.see("/search", q="강", sort="title")]
    while 'rel="next' in pages[-1]:
        pages.append(visitor.see(link(pages[-1], "Next")))
    assert ["By title no more than 40 books are listed." in page for page in pages] == [False, True]


@pytest.mark.usefixtures("rivers")
def test_htmx_gets_the_part_that_changes_with_its_total_and_its_address() -> None:
    def part(trigger: str, **query: str) -> tuple[str, dict[str, str]]:
        headers = {"HX-Request": "true", "HX-Trigger": trigger}
        answer = Visitor().get("/search", query, headers=headers)
        return answer.content.decode(), dict(answer.headers)

    text, headers = part("q", q="강가", sort="answer", language="ko", author="")
    assert titles(text) == ["강가의 집"]
    assert "<html" not in text
    assert 'id="total" role="status" tabindex="-1" hx-swap-oob="true"' in text
    assert 'id="kept" hx-swap-oob="true"' in text
    assert dict(parse_qsl(urlsplit(headers["HX-Replace-Url"]).query)) == {"q": "강가", "language": "ko"}
    _text, headers = part("sort", q="강", sort="year")
    assert headers["HX-Push-Url"] == f"/search?{urlencode({'q': '강', 'sort': 'year'})}"


def test_nothing_found_says_what_may_help_and_whom_to_ask() -> None:
    register("강물")
    page = Visitor().see("/search", q="없는낱말", language="ko")
    assert "Nothing answers “없는낱말”" in page
    assert link(page, "Search again without the filters") == f"/search?{urlencode({'q': '없는낱말'})}"
    assert "ask at the desk" in page
    assert "데스크에 문의해 주세요." in Visitor(language="ko").see("/search", q="없는낱말")


def test_a_title_is_shown_as_text_however_it_is_written() -> None:
    register("<script>alert(1)</script> & 강", "<b>나루</b>", subjects=['"><img src=x onerror=alert(1)>'])
    for page in (Visitor().see("/search", q="강"), Visitor().see("/search", q='"><script>alert(2)</script>')):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>나루" not in page


@pytest.mark.usefixtures("rivers")
def test_without_an_index_titles_are_found_and_the_page_says_that_it_is_not_all(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH_DIR = str(tmp_path / "file")
    (tmp_path / "file").touch()
    page = Visitor().see("/search", q="강물", available="1")
    assert titles(page) == ["강물이 흐른다"]
    assert "At least 1 books" in page
    assert "The search is being prepared." in page
    assert "The search is being prepared." in Visitor().see("/search", author="나루")
    assert "Most borrowed" not in Visitor().see("/")


def test_a_slip_leads_to_what_was_meant_with_the_same_filters() -> None:
    register("해리포터와 마법사의 돌", "조앤 롤링", language="ko")
    page = Visitor().see("/search", q="해라포터와", language="ko", sort="year")
    assert "Did you mean:" in page
    meant = link(page, "해리포터와")
    assert dict(parse_qsl(urlsplit(meant).query)) == {"q": "해리포터와", "language": "ko", "sort": "year"}
    assert titles(Visitor().see(meant)) == ["해리포터와 마법사의 돌"]


@pytest.mark.django_db
def test_the_order_that_was_chosen_is_shown_as_chosen() -> None:
    for number in range(2):
        register(title=f"바다 {number}", copies=1)
    for order in ("answer", "borrowed", "newest", "year", "title"):
        assert f'<option value="{order}" selected>' in Visitor().see("/search", q="바다", sort=order)
