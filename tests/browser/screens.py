"""`python -m tests.browser.screens [--folder FOLDER] [PAGE...]`: a picture of every page of the patrons' site and of
the staff side's own pages, or of those named, for people to look at.

A library with the demo is started, its patrons borrow, are late and pay, books are recommended and a shelf is read, and
each page is taken on a phone and on a desktop, in both languages, the site's also dark, as WebP into FOLDER
(docs/screens).
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import HTTPError
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from rich.progress import track

from tests.browser.desk import CHROMIUM, FLAGS
from tests.browser.library import Librarian
from tests.browser.test_desk import at_the_desk, scan
from tests.browser.visitor import DESKTOP, PHONE, Device, Visitor, visitor
from tests.demo import demo_library
from tests.processes import until

FOLDER = Path(__file__).parent.parent.parent / "docs" / "screens"
QUALITY = 50
OF_STRANGERS = {
    "front": "/",
    "search": "/search?q={word}",
    "nothing-found": "/search?q=qqqqxzzz",
    "did-you-mean": "/search?q=prejudise",
    "book": "/books/1",
    "shelf": "/shelf?at=813.6",
    "sign-in": "/sign-in",
    "forgotten-password": "/password/forgotten",
    "apply": "/apply",
    "visit": "/visit",
    "recommended": "/recommended/1",
    "nowhere": "/nowhere",
}
OF_PATRONS = {
    "me": "/me",
    "borrow": "/books/4/borrow",
    "hold": "/books/8/hold",
    "loan": "/loans/{loan}",
    "holds": "/me/holds",
    "fees": "/me/fees",
    "account": "/me/account",
    "history": "/me/history",
    "card": "/me/card",
    "profile": "/me/profile",
    "notices": "/me/notices",
}
OF_STAFF = {
    "staff-start": "/admin/",
    "staff-desk": "/admin/desk/?patron={patron}",
    "staff-patron": "/admin/desk/patron/{patron}/",
    "staff-overdue": "/admin/desk/lists/overdue/",
    "staff-hold-shelf": "/admin/desk/lists/shelf/",
    "staff-to-pull": "/admin/desk/lists/pull/",
    "staff-notices": "/admin/notices/notice/",
    "staff-notice": "/admin/notices/notice/{patron}/change/",
    "staff-words": "/admin/notices/wording/1/change/",
    "staff-statistics": "/admin/statistics/",
    "staff-stocktaking": "/admin/desk/stocktaking/1/",
    "staff-labels": "/admin/printing/labelsheet/labels/",
    "staff-recommended": "/admin/opac/readinglist/1/change/",
}
PAGES = {"light": {**OF_STRANGERS, **OF_PATRONS, **OF_STAFF}, "dark": {**OF_STRANGERS, **OF_PATRONS}}
PEOPLE = {"ko": ("P-0001", 1, "하늘"), "en": ("P-0002", 2, "the")}
"""By language: a card, its owner's id, and a word to look for."""
HELD = "B0000008-0001"
"""A copy that both patrons wait for."""
WORDS = {"kind": "overdue", "language": "ko", "subject": "{title}{more}, 반납일이 지났습니다"}
RECOMMENDED = {
    "title_ko": "여름에 읽는 책",
    "title_en": "Books for the summer",
    "text_ko": "시원한 이야기 네 편",
    "text_en": "Four tales for hot days",
    "books": "B0000001-0001\nB0000004-0001\nB0000006-0001\nB0000010-0001",
}


def a_lively_library(call: Callable[..., Any]) -> None:
    """Each patron has a late loan, one due today and a new one, waits for one,
    has returned late, and has paid a part."""
    today = datetime.now(ZoneInfo("Asia/Seoul")).date()
    until(lambda: all(is_to_be_lent(call, book) for book in range(1, 11)))
    for patron, books in ((1, (1, 2, 3)), (2, (6, 7, 10))):
        for book, days in zip(books, (23, 14, 0), strict=True):
            call("loans", patron=patron, book=book, borrowed_on=str(today - timedelta(days)))
        call("holds", patron=patron, book=8, override=["copy_available"], reason="for a picture")
        late = call("loans", patron=patron, book=5, borrowed_on=str(today - timedelta(40)))
        call(f"loans/{late['id']}/return", quantity=1)
    until(lambda: len(call("fines")["results"]) == 2)
    until(lambda: call("returns", barcode=HELD)["hold"])
    call("holds", patron=2, book=9, override=["copy_available"], reason="for a picture")
    for fine in call("fines")["results"]:
        call(f"fines/{fine['id']}/payments", amount=500)


def is_to_be_lent(call: Callable[..., Any], book: int) -> bool:
    """Whether lending has heard of it."""
    try:
        return bool(call(f"books/{book}/availability"))
    except HTTPError:
        return False


def what_staff_has_done(staff: Visitor) -> None:
    """Books are recommended, notices are sent at any hour and in own words, and a stocktaking was begun."""
    at_the_desk(staff)
    save(staff, "opac/readinglist", **RECOMMENDED)
    save(staff, "notices/wording", **WORDS)
    save(staff, "notices/timing", digest_at="00:00", quiet_from="", quiet_until="")
    staff.open("/admin/catalog/stocktaking/add/")
    staff.page.locator("[name=first_call_number]").fill("8")
    staff.page.locator("[name=last_call_number]").fill("8")
    staff.page.locator("[name=_save]").click()
    staff.page.locator("#progress").wait_for()
    scan(staff, "B0000001-0003", "B0000002-0002", "B0000008-0001")
    staff.page.locator("#acts > li").nth(2).wait_for()


def save(staff: Visitor, what: str, **fields: str) -> None:
    """Fills in a form of the staff side, and saves it."""
    staff.open(f"/admin/{what}/add/")
    for field, typed in fields.items():
        box = staff.page.locator(f"#id_{field}")
        if box.evaluate("one => one.tagName") == "SELECT":
            box.select_option(typed)
        else:
            box.fill(typed)
    staff.page.locator("[name=_save]").click()
    staff.page.locator("li.success").wait_for()


def send_notices(scratch: Path) -> None:
    """What the clock does each day."""
    there = {**os.environ, "DATABASE_URL": f"sqlite:///{scratch}/demo.sqlite3"}
    subprocess.run([sys.executable, "manage.py", "send_notices"], env=there, check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    """Takes the pictures."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", choices=[[], *PAGES["light"]], metavar="PAGE")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch, demo_library(Path(scratch)) as port, sync_playwright() as playwright:
        a_lively_library(Librarian(port).call)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with visitor(browser, port, Path(scratch), expected=(400,)) as staff:
            what_staff_has_done(staff)
        send_notices(Path(scratch))
        looks = [(device, language) for device in (PHONE, DESKTOP) for language in PEOPLE]
        for scheme, (device, language) in track([(s, look) for s in PAGES for look in looks], "pictures"):
            chosen = [name for name in PAGES[scheme] if not wanted.pages or name in wanted.pages]
            with _window(browser, port, Path(scratch), device, language, scheme) as person:
                for name, picture in _pictures(person, language, chosen):
                    file = wanted.folder / f"{name}-{language}-{device.name}-{scheme}.webp"
                    Image.open(BytesIO(picture)).convert("RGB").save(file, quality=QUALITY, method=6)
    return 0


@contextmanager
def _window(
    browser: Browser, port: int, scratch: Path, device: Device, language: str, scheme: str
) -> Iterator[Visitor]:
    looks: Any = {"device": device, "language": language, "color_scheme": scheme, "expected": (404,)}
    with visitor(browser, port, scratch, **looks) as person:
        yield person


def _pictures(person: Visitor, language: str, wanted: list[str]) -> Iterator[tuple[str, bytes]]:
    card, patron, word = PEOPLE[language]
    about = {"word": word, "patron": patron, "loan": 4 * patron - 3}
    sign_ins: list[tuple[dict[str, str], Callable[[], None]]] = [
        (OF_STRANGERS, lambda: None),
        (OF_PATRONS, lambda: person.sign_in(card)),
        (OF_STAFF, lambda: at_the_desk(person)),
    ]
    for pages, sign_in in sign_ins:
        if not pages.keys() & set(wanted):
            continue
        person.context.clear_cookies()
        sign_in()
        for name in (name for name in pages if name in wanted):
            person.open(pages[name].format(**about))
            yield name, person.page.screenshot(full_page=True)


if __name__ == "__main__":
    sys.exit(main())
