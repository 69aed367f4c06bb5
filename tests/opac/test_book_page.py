"""A book's page: what is known of it, where it stands, what it is to programs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalog.covers.pictures import pictures_of
from catalog.covers.services import set_cover
from catalog.models import Book, Copy
from catalog.services import revise_copy, withdraw_book
from lending.checkout.services import borrow_book
from tests.bus import Bus
from tests.catalog.books import NOW, register
from tests.catalog.test_cover_pictures import an_image
from tests.factories import Town
from tests.opac.books import a_book
from tests.opac.visitor import Visitor
from tests.people import a_patron

pytestmark = pytest.mark.django_db
RECORD: dict[str, Any] = {
    "volume": "2",
    "publisher": "느티출판",
    "published_year": 1998,
    "series": "느티 총서 ; 7",
    "language": "ko",
    "subjects": ["한국 소설", "마을"],
    "class_number": "813.7",
    "class_scheme": "kdc",
    "call_number": "813.7-나12ㄱ",
    "isbn": "9788937460036",
    "isbn_addon": "03810",
    "other_isbns": ["9780743273565"],
    "other_titles": ["The River Flows"],
    "description": "어느 마을의 이야기.\n\n강이 <b>흐른다</b>.",
}


@pytest.fixture
def river(bus: Bus) -> Book:
    """An invented book, of whose two copies one is lent."""
    book, patron = a_book("강물이 흐른다", "나루", "가람", copies=2, bus=bus, **RECORD), a_patron()
    borrow_book(patron_id=patron.id, book_id=book.pk, now=NOW)
    bus.settle()
    return book


def test_everything_that_is_known_is_there(river: Book) -> None:
    page = Visitor().see(f"/books/{river.pk}")
    for text in [*RECORD["subjects"], *RECORD["other_titles"], *RECORD["other_isbns"], "느티출판", "1998", "03810"]:
        assert text in page
    for text in ("느티 총서 ; 7", "813.7-나12ㄱ", "Korean Decimal Classification", "어느 마을의 이야기."):
        assert text in page
    assert "<b>흐른다</b>" not in page
    assert "<dt>본문 언어</dt><dd>한국어</dd>" in Visitor(language="ko").see(f"/books/{river.pk}")
    for address in re.findall(r'href="(/search[^"]+)"', page):
        assert Visitor().get(address.replace("&amp;", "&")).status_code == 200


def test_where_it_stands_and_till_when_it_is_out(river: Book) -> None:
    copy = Copy.objects.order_by("pk")[1]
    revise_copy(copy.pk, now=NOW, shelving_mark="청", copy_number="2", room="어린이실", for_loan=False)
    page = Visitor().see(f"/books/{river.pk}")
    assert "청 813.7-나12ㄱ v.2 c.2" in page
    assert "어린이실" in page
    assert "To be read here" in page
    assert "On loan" in page
    assert "김하늘" not in page
    assert "P-7001" not in page


def test_the_day_till_when_it_is_out_may_have_passed(town: Town) -> None:
    book = town.book()
    town.lend(town.jo, book)
    for page in (Visitor().see(f"/books/{book}"), Visitor(language="ko").see(f"/books/{book}")):
        assert "until March 16, 2026" in page or "2026. 3. 16. 반납 예정" in page
        assert not re.search("overdue|지남", page)
    town.days_pass(15)
    assert "due back on March 16, 2026, overdue" in Visitor().see(f"/books/{book}")
    assert "반납 예정일 2026. 3. 16. 지남" in Visitor(language="ko").see(f"/books/{book}")


def test_programs_know_what_it_is(river: Book, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    set_cover(river.pk, pictures_of(an_image()), now=NOW)
    page = Visitor().see(f"/books/{river.pk}")
    said = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[0])
    assert (said["@type"], said["name"], said["isbn"]) == ("Book", "강물이 흐른다 2", RECORD["isbn"])
    assert [one["name"] for one in said["author"]] == ["나루", "가람"]
    assert said["description"] == RECORD["description"]
    address = f"http://testserver/books/{river.pk}"
    assert f'<link rel="canonical" href="{address}">' in page
    assert f'<meta property="og:url" content="{address}">' in page
    picture = re.findall(r'og:image" content="http://testserver(/covers/[^"]+)"', page)[0]
    assert Client().get(picture).status_code == 200
    assert "<title>강물이 흐른다 2 |" in page
    assert 'name="description" content="어느 마을의 이야기.' in page


def test_nothing_of_a_record_ends_the_script_that_holds_it() -> None:
    book = register("</script><script>alert(1)</script>", description="<!-- <script>")
    page = Visitor().see(f"/books/{book.pk}")
    assert "<script>alert(1)" not in page
    said = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[0])
    assert said["name"] == "</script><script>alert(1)</script>"


def test_it_is_cited_and_taken_along(river: Book) -> None:
    page = Visitor().see(f"/books/{river.pk}")
    assert "나루, 가람. (1998). 『강물이 흐른다 2』. 느티출판." in page
    assert "나루, &amp; 가람. (1998). 강물이 흐른다 2. 느티출판." in page
    marc, xml = Client().get(f"/books/{river.pk}.mrc"), Client().get(f"/books/{river.pk}.xml")
    assert marc.headers["Content-Type"] == "application/marc"
    assert "강물이 흐른다" in marc.content.decode()
    assert f'filename="book-{river.pk}.xml"' in xml.headers["Content-Disposition"]
    assert b"<collection" in xml.content


def test_what_is_too_long_for_marc_is_had_as_xml() -> None:
    book = register("강", subjects=["가" * 290 + str(number) for number in range(100)], description="나" * 30_000)
    answer = Client().get(f"/books/{book.pk}.mrc", follow=True)
    assert answer.redirect_chain == [(f"/books/{book.pk}.xml", 302)]
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("title", "volume", "shown"),
    [
        ("긴 강. 1", "1", "긴 강. 1"),
        ("토지 제4권", "4", "토지 제4권"),
        ("토지 (상)", "상", "토지 (상)"),
        ("Saga, Vol. 2", "2", "Saga, Vol. 2"),
        ("1984", "4", "1984 4"),
        ("좋은 인상", "상", "좋은 인상 상"),
        ("강 2.1", "1", "강 2.1 1"),
        ("강 1-4", "4", "강 1-4 4"),
        ("7", "7", "7 7"),
    ],
)
def test_a_volume_that_a_title_ends_with_is_not_shown_twice(title: str, volume: str, shown: str) -> None:
    book = register(title, "나루", volume=volume, call_number="813.7-나12ㄱ")
    page = Visitor().see(f"/books/{book.pk}")
    assert f"<title>{shown} |" in page
    assert f"『{shown}』" in page
    assert f'"name": "{shown}"' in page
    for address in (f"/books/{book.pk}", "/search", "/shelf"):
        heads = re.findall(r"<h[123][^>]*>(.*?)</h[123]>", Visitor().see(address), re.DOTALL)
        assert shown in {re.sub(r"<[^>]+>", "", head).strip() for head in heads}, address


def test_other_volumes_editions_and_what_the_author_wrote_stand_beside_it(river: Book) -> None:
    register("강물이 흐른다", "나루", volume="1")
    register("The River Flows", "Naru", isbn="9780743273565")
    register("숲", "나루", series="느티 총서 ; 8")
    register("바다", "나루")
    register("들", "가람")
    page = Visitor().see(f"/books/{river.pk}")
    heads = re.split(r'<section class="strip-of" aria-labelledby="([\w-]+)">', page)
    beside = {
        name: re.findall(r'strip-title">([^<]*)<', text) for name, text in zip(heads[1::2], heads[2::2], strict=True)
    }
    assert {name: sorted(found) for name, found in beside.items() if name != "beside"} == {
        "editions": ["The River Flows", "강물이 흐른다 1"],
        "series": ["숲"],
        "by-author": ["바다"],
    }


def test_its_neighbours_on_the_shelf_are_shown_around_it(river: Book) -> None:
    for number in ("813.6 김64ㅅ", "813.7-나11ㄱ", "813.7-나2ㄱ", "900 가1"):
        register(number, call_number=number)
    page = Visitor().see(f"/books/{river.pk}")
    shelf = page.partition('aria-labelledby="beside"')[2]
    found = re.findall(r'strip-title">([^<]*)<', shelf.partition("</section>")[0])
    assert found == ["813.6 김64ㅅ", "813.7-나11ㄱ", "강물이 흐른다 2", "813.7-나2ㄱ", "900 가1"]
    assert shelf.count('aria-current="page"') == 1


def test_a_withdrawn_book_is_gone_and_leads_to_others() -> None:
    book, other = register("강물", "나루", description="비밀"), register("바다", "나루")
    withdraw_book(book.pk, now=NOW)
    answer = Visitor().get(f"/books/{book.pk}")
    assert answer.status_code == 410
    page = answer.content.decode()
    assert "does not have this book any more" in page
    assert f'href="/books/{other.pk}"' in page
    assert 'content="noindex"' in page
    assert Visitor().get(f"/books/{book.pk}.mrc").status_code == 404
