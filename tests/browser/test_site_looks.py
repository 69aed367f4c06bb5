"""Every page of the patrons' site on a small phone and on a desktop, in Korean and light, in English and dark: nothing
is cut off, and axe finds no serious fault."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.browser.desk import needs_chromium
from tests.browser.visitor import DESKTOP, SMALL, Device, visitor
from tests.demo import demo_library

pytestmark = [needs_chromium, pytest.mark.once]
OF_STRANGERS = [
    "/", "/search?q=소나기", "/search?q=%ED%9E%A3&language=ko", "/shelf", "/books/1",
    "/sign-in", "/password/forgotten", "/password/reset/MQ/x", "/apply",
]  # fmt: skip
OF_PATRONS = ["/me", "/me/fees", "/me/history", "/me/card", "/me/profile", "/books/1/borrow"]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a library with the demo answers."""
    with demo_library(tmp_path_factory.mktemp("library")) as port:
        yield port


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What drives the browser."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.mark.parametrize("device", [SMALL, DESKTOP], ids=lambda device: device.name)
@pytest.mark.parametrize(
    ("language", "card", "scheme"), [("ko", "P-0001", "light"), ("en", "P-0002", "dark")], ids=["ko", "en"]
)
def test_every_page_is_well_made(
    playwright: Playwright, port: int, tmp_path: Path, device: Device, language: str, card: str, scheme: str
) -> None:
    with visitor(playwright, port, tmp_path, device=device, language=language, color_scheme=scheme) as person:
        for path in OF_STRANGERS:
            person.open(path)
            assert person.page.locator("html").get_attribute("lang") == language
            person.is_well_made()
        person.sign_in(card)
        for path in OF_PATRONS:
            person.open(path)
            person.is_well_made()
