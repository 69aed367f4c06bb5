"""A librarian's browser: Debian's Chromium, which speaks to the library and to nobody else."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Request, Response

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
TIMEOUT = 120_000
"""Milliseconds within which a page must show what is expected of it."""
LEFT = ("Execution context was destroyed", "properties of null", "axe is not defined")
"""What a browser says of a page that was left, or is not there yet, while it was looked at."""
MOST_WAYS = 5
Seen = TypeVar("Seen")
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="a page is looked at with chromium, which is not installed")


@dataclass
class Desk:
    """The librarian at a page of the library, and what went wrong on the way."""

    page: Page
    host: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._notice_message)
        self.page.on("pageerror", lambda error: self.faults.append(f"script on {self.page.url}: {error.stack}"))
        self.page.on("request", self._notice_host)
        self.page.on("response", self._notice_status)

    def open(self, path: str) -> None:
        """Goes to a page of the library."""
        self.page.goto(f"http://{self.host}{path}")

    def sign_in(self, card_number: str, password: str) -> None:
        """As a person does: types both and presses Enter."""
        self.page.locator("[name=username]").fill(card_number)
        self.page.locator("[name=password]").fill(password)
        self.page.keyboard.press("Enter")

    def follow(self, link: str) -> None:
        """Clicks on a link of the header."""
        self.page.locator("#header nav").get_by_role("link", name=link, exact=True).click()

    def scan(self, label: str, read: str) -> None:
        """Holds the scanner to a card or a copy: it types into that field, which waits for it, and presses Enter."""
        self.page.locator("input:focus").and_(self.page.get_by_label(label)).wait_for()
        self.page.keyboard.type(read)
        self.page.keyboard.press("Enter")

    def reads(self, sentence: str) -> Locator:
        """A sentence that the page says."""
        return self.page.get_by_text(sentence, exact=True)

    def look(self, at: Callable[[Page], Seen]) -> Seen:
        """What is found on the page. Where another is still on its way after a click, it is looked at again when that
        is there."""
        for _way in range(MOST_WAYS):
            self.page.wait_for_load_state()
            try:
                return at(self.page)
            except Error as error:
                if not any(left in error.message for left in LEFT):
                    raise
        return at(self.page)

    def _notice_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text} ({message.location['url']})")

    def _notice_host(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme != "data" and address.netloc != self.host:
            self.faults.append(f"another host: {request.url}")

    def _notice_status(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")


@contextmanager
def desk(browser: Browser, port: int, folder: Path) -> Iterator[Desk]:
    """A window with no past. When something goes wrong, the error says where a picture of the page is."""
    context = browser.new_context()
    context.set_default_timeout(TIMEOUT)
    try:
        librarian = Desk(context.new_page(), f"127.0.0.1:{port}")
        try:
            yield librarian
            assert not librarian.faults, librarian.faults
        except BaseException as error:
            picture = folder / "page.png"
            librarian.page.screenshot(path=picture, full_page=True)
            error.add_note(f"The page is in {picture}")
            raise
    finally:
        context.close()
