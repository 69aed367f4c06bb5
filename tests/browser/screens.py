"""`python -m tests.browser.screens [FOLDER]`: a picture of every page of the patrons' site, for people to look at.

A library with the demo is started, its patrons borrow, are late and pay, and each page is taken on a phone and on a
desktop, in both languages, light and dark, as WebP into FOLDER (docs/screens).
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from rich.progress import track

from tests.browser.desk import CHROMIUM, FLAGS
from tests.browser.library import Librarian
from tests.browser.visitor import DESKTOP, PHONE, Device, Visitor, visitor
from tests.demo import demo_library
from tests.processes import until

FOLDER = Path(__file__).parent.parent.parent / "docs" / "screens"
QUALITY = 72
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
    "nowhere": "/nowhere",
}
OF_PATRONS = {
    "me": "/me",
    "borrow": "/books/4/borrow",
    "loan": "/loans/{loan}",
    "holds": "/me/holds",
    "fees": "/me/fees",
    "account": "/me/account",
    "history": "/me/history",
    "card": "/me/card",
    "profile": "/me/profile",
    "notices": "/me/notices",
}
PEOPLE = {"ko": ("P-0001", 1, "하늘"), "en": ("P-0002", 2, "the")}
"""By language: a card, its owner's id, and a word to look for."""


def a_lively_library(call: Callable[..., Any]) -> None:
    """Each patron has a late loan, one due today and a new one, waits for one,
    has returned late, and has paid a part."""
    today = datetime.now(ZoneInfo("Asia/Seoul")).date()
    for patron, books in ((1, (1, 2, 3)), (2, (6, 7, 10))):
        for book, days in zip(books, (23, 14, 0), strict=True):
            call("loans", patron=patron, book=book, borrowed_on=str(today - timedelta(days)))
        call("holds", patron=patron, book=8, override=["copy_available"], reason="for a picture")
        late = call("loans", patron=patron, book=5, borrowed_on=str(today - timedelta(40)))
        call(f"loans/{late['id']}/return", quantity=1)
    until(lambda: len(call("fines")["results"]) == 2)
    for fine in call("fines")["results"]:
        call(f"fines/{fine['id']}/payments", amount=500)


def main() -> int:
    """Takes the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch, demo_library(Path(scratch)) as port, sync_playwright() as playwright:
        a_lively_library(Librarian(port).call)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        looks = [(device, language) for device in (PHONE, DESKTOP) for language in PEOPLE]
        for scheme, (device, language) in track([(s, look) for s in ("light", "dark") for look in looks], "pictures"):
            with _window(browser, port, Path(scratch), device, language, scheme) as person:
                for name, picture in _pictures(person, language):
                    file = folder / f"{name}-{language}-{device.name}-{scheme}.webp"
                    Image.open(BytesIO(picture)).convert("RGB").save(file, quality=QUALITY, method=6)
    return 0


@contextmanager
def _window(
    browser: Browser, port: int, scratch: Path, device: Device, language: str, scheme: str
) -> Iterator[Visitor]:
    looks: Any = {"device": device, "language": language, "color_scheme": scheme, "expected": (404,)}
    with visitor(browser, port, scratch, **looks) as person:
        yield person


def _pictures(person: Visitor, language: str) -> Iterator[tuple[str, bytes]]:
    card, patron, word = PEOPLE[language]
    for name, path in OF_STRANGERS.items():
        person.open(path.format(word=word))
        yield name, person.page.screenshot(full_page=True)
    person.sign_in(card)
    for name, path in OF_PATRONS.items():
        person.open(path.format(loan=4 * patron - 3))
        yield name, person.page.screenshot(full_page=True)


if __name__ == "__main__":
    sys.exit(main())
