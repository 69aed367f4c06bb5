"""One served library and one browser for all of these tests; each test opens a window without a past."""

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.browser.desk import CHROMIUM, FLAGS, TIMEOUT
from tests.browser.library import Library
from tests.demo import demo_library
from tests.servers import postgres_server

expect.set_options(timeout=TIMEOUT)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Library]:
    """It has the demo's books and people, and takes applications for cards."""
    folder = tmp_path_factory.mktemp("library")
    server = postgres_server() if request.config.option.database == "postgres" else nullcontext("")
    with pytest.MonkeyPatch.context() as patched, server as database:
        patched.setenv("EMAIL_URL", f"filemail:///{folder}/mails")
        with demo_library(folder, database=database) as port:
            yield Library(port, folder / "mails")


@pytest.fixture(scope="session")
def port(library: Library) -> int:
    """Where it answers."""
    return library.port


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """What drives the browser. Its loop is in this thread, in which tests use the database too."""
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """It speaks to the library and to nobody else."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()
