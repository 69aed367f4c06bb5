"""A cataloguer asks other libraries for an ISBN; they may say anything, or nothing."""

import json
import ssl
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import trustme
from django.core.checks import run_checks
from django.utils import timezone

from catalog.models import Book
from catalog.services import register_book
from kernel.outgoing import fetching
from tests.admin.door import Door, a_librarian
from tests.authorities import trusted_by
from tests.catalog.other_library import RECORD, OtherLibrary, other_library, sru

pytestmark = pytest.mark.django_db
ISBN = "9788936433598"


@pytest.fixture
def librarian(db: Any) -> Door:
    """A librarian at the admin."""
    return a_librarian()


@pytest.fixture
def there(settings: Any) -> Iterator[OtherLibrary]:
    """Another library, asked by SRU."""
    with other_library() as library:
        settings.BOOK_SOURCES = [f"sru+{library.address}#alma.isbn"]
        yield library


def looked_up(door: Door, isbn: str = ISBN) -> str:
    """What the page says."""
    return unescape(door.see("catalog_book_lookup", isbn=isbn))


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Whom the machine trusts."""
    return trusted_by(fetching, monkeypatch)


def taken_over(page: str) -> dict[str, Any]:
    """What the button puts into the form."""
    found: dict[str, Any] = json.loads(page.split('data-record="')[1].split('">')[0])
    return found


def test_another_library_knows_the_book(librarian: Door, there: OtherLibrary) -> None:
    there.body = sru(RECORD.format(isbn=ISBN, title="채식주의자"))
    page = looked_up(librarian, "978-89-364-3359-8 03810")
    assert there.asked[0] == {
        "key": "secret", "version": "1.1", "operation": "searchRetrieve", "query": f'alma.isbn="{ISBN}"',
        "maximumRecords": "5", "recordSchema": "marcxml",
    }  # fmt: skip
    record = taken_over(page)
    assert (record["id_title"], record["id_authors"], record["id_isbn"]) == ("채식주의자", "한강", ISBN)
    assert (record["id_publisher"], record["id_published_year"], record["id_class_number"]) == ("창비", 2007, "813.62")
    assert "id_call_number" not in record
    assert "secret" not in page
    assert not Book.objects.exists()
    register_book(now=timezone.now(), title="채식주의자", isbn="9788937460036", other_isbns=[ISBN])
    assert "The catalogue has this book:" in looked_up(librarian)


def test_the_national_librarys_service_knows_the_book(librarian: Door, there: OtherLibrary, settings: Any) -> None:
    settings.BOOK_SOURCES = [f"seoji+{there.address}"]
    doc = {
        "EA_ISBN": ISBN, "EA_ADD_CODE": "03810", "SET_ISBN": "", "TITLE": "채식주의자", "VOL": "", "PUBLISHER": "창비",
        "AUTHOR": "지은이: 한강 ;그린이: 김가나", "PUBLISH_PREDATE": "20071030",
        "REAL_PUBLISH_DATE": "", "KDC": "813.62",
    }  # fmt: skip
    there.body = json.dumps({"TOTAL_COUNT": "1", "docs": [doc]}).encode()
    record = taken_over(looked_up(librarian))
    assert there.asked[0]["isbn"] == ISBN
    assert (record["id_title"], record["id_authors"], record["id_isbn_addon"]) == (
        "채식주의자",
        "한강\n김가나",
        "03810",
    )
    assert (record["id_published_year"], record["id_class_scheme"]) == (2007, "kdc")
    there.body = b'{"docs": "none"}'
    assert "Its answer can't be read." in looked_up(librarian)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"body": sru()}, "It does not know this ISBN."),
        ({"body": sru(RECORD.format(isbn="9788937460036", title="딴 책"))}, "It does not know this ISBN."),
        ({"body": sru("<record><leader/><datafield tag='245'><subfield></record>")}, "Its answer can't be read."),
        ({"body": b"<html>busy</html>"}, "It does not know this ISBN."),
        ({"status": 503}, "It could not be asked: HTTP 503."),
        ({"status": 302, "headers": {"Location": "http://127.0.0.1:1/elsewhere"}}, "It could not be asked: HTTP 302."),
        ({"body": b"x" * (fetching.LARGEST + 1)}, "It could not be asked: its answer is too large."),
    ],
)
def test_what_is_no_answer_is_said(librarian: Door, there: OtherLibrary, answer: dict[str, Any], sentence: str) -> None:
    vars(there).update(answer)
    page = looked_up(librarian)
    assert sentence in page
    assert "data-record" not in page
    assert len(there.asked) == 1


def test_a_source_that_drips_or_is_away_holds_nobody_up(
    librarian: Door, there: OtherLibrary, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT", 0.5)
    there.byte_by_byte.set()
    assert "It could not be asked: no answer in time." in looked_up(librarian)
    settings.BOOK_SOURCES = ["sru+http://127.0.0.1:1/sru", "sru+http://nowhere.invalid/sru"]
    assert looked_up(librarian).count("It could not be asked: no connection.") == 2


def test_without_a_source_or_an_isbn_nobody_is_asked(librarian: Door, there: OtherLibrary, settings: Any) -> None:
    for wrong in ("", "9788936433599", "\0", "x" * 5_000):
        assert "errornote" in looked_up(librarian, wrong)
    assert there.asked == []
    settings.BOOK_SOURCES = []
    assert "the operator has set no other library" in looked_up(librarian)


def test_a_source_that_is_none_stops_the_start_without_showing_it(settings: Any) -> None:
    settings.BOOK_SOURCES = ["sru+https://sru.example.org/x", "file:///etc/passwd", "sru+ftp://key@example.org/"]
    found = [one for one in run_checks() if one.id == "catalog.E001"]
    assert [one.msg for one in found] == [f"BOOK_SOURCES has something at place {n} that is no source." for n in (2, 3)]


def test_a_cataloguer_finds_the_buttons_and_the_desk_does_not(librarian: Door) -> None:
    assert 'id="look-up"' in librarian.see("catalog_book_add")
    desk = a_librarian("L-7102", roles=["desk"])
    assert desk.get("/admin/catalog/book/lookup/").status_code == 403


@pytest.mark.parametrize(("host", "says"), [("localhost", "채식주의자"), ("another.example", "no connection")])
def test_another_library_is_asked_by_tls_where_its_certificate_is_its_own(
    librarian: Door, settings: Any, authority: trustme.CA, host: str, says: str
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    with other_library(context) as there:
        settings.BOOK_SOURCES = [f"sru+{there.address}#alma.isbn"]
        there.body = sru(RECORD.format(isbn=ISBN, title="채식주의자"))
        assert says in looked_up(librarian)
