"""A patron's browser: a phone or a desktop, in one language, light or dark, with scripts or without."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.desk import TIMEOUT, Desk
from tests.demo import PASSWORD

CUT_OFF = """() => document.documentElement.scrollWidth > document.documentElement.clientWidth
    ? [...document.querySelectorAll("body *")]
        .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map(one => one.outerHTML.slice(0, 80))
    : [...document.querySelectorAll(".inline-group, .module, .form-row")]
        .filter(box => box.scrollWidth > box.clientWidth + 1)
        .map(box => `within ${box.outerHTML.slice(0, 80)}`)"""
SEVERE = {"serious", "critical"}


class Device(NamedTuple):
    """What somebody looks at the site with."""

    name: str
    width: int
    height: int
    is_phone: bool = False


SMALL = Device("small phone", 360, 640, is_phone=True)
PHONE = Device("phone", 390, 844, is_phone=True)
TABLET = Device("tablet", 768, 1024)
DESKTOP = Device("desktop", 1280, 900)


@dataclass
class Visitor(Desk):
    """Somebody at a page of the patrons' site, and what went wrong on the way."""

    expected: tuple[int, ...] = ()
    """Statuses of answers that are no fault here, such as 409 of a refusal."""

    @property
    def context(self) -> BrowserContext:
        """The browser, with its cookies and further tabs."""
        return self.page.context

    def sign_in(self, card_number: str, password: str = PASSWORD) -> None:
        """By the form, wherever that leads."""
        if "/sign-in" not in self.page.url:
            self.open("/sign-in")
        super().sign_in(card_number, password)
        self.page.locator("form[action='/sign-out']").wait_for()

    def another_tab(self) -> "Visitor":
        """The same person in a second tab; its faults count as this one's."""
        return Visitor(self.context.new_page(), self.host, self.faults, expected=self.expected)

    def is_well_made(self) -> None:
        """That nothing is cut off, and that axe finds no serious fault."""
        assert self.look(lambda page: page.evaluate(CUT_OFF)) == [], self.page.url
        found = self.look(_violations)
        severe = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found if one["impact"] in SEVERE]
        assert severe == [], f"{self.page.url}: {severe}"

    def _notice_status(self, response: Any) -> None:
        if response.status not in self.expected:
            super()._notice_status(response)

    def _notice_message(self, message: Any) -> None:
        if not (self.expected and "the server responded with a status" in message.text):
            super()._notice_message(message)


@contextmanager
def visitor(
    browser: Browser,
    port: int,
    folder: Path,
    *,
    device: Device = DESKTOP,
    language: str = "en",
    expected: tuple[int, ...] = (),
    **options: Any,
) -> Iterator[Visitor]:
    """A window with no past. When something goes wrong, the error says where a picture of the page is."""
    looks = {
        "locale": language,
        "viewport": {"width": device.width, "height": device.height},
        "is_mobile": device.is_phone,
        "has_touch": device.is_phone,
        **options,
    }
    context = browser.new_context(**looks)
    context.set_default_timeout(TIMEOUT)
    person = Visitor(context.new_page(), f"127.0.0.1:{port}", expected=expected)
    try:
        yield person
        assert not person.faults, person.faults
    except BaseException as error:
        picture = folder / "page.png"
        _picture(person.page, picture)
        error.add_note(f"The page is in {picture}")
        raise
    finally:
        context.close()


def _violations(page: Page) -> list[Any]:
    # Axe takes an address in Django's own style sheets for one of the page's, and asks for what is not there.
    options = {"preload": not urlsplit(page.url).path.startswith("/admin/")}
    return list(Axe().run(page, options=options).response["violations"])


def _picture(page: Page, file: Path) -> None:
    page.screenshot(path=file, full_page=True)
