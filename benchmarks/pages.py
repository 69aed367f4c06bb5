"""`python -m benchmarks.pages [sqlite|postgres]`: what a patron waits for, with 100,000 books and 10,000 patrons.

One web process serves as in production, and a browser without a cache opens each page several times. Printed are the
medians: when something is seen (first contentful paint), how far things moved about (layout shift), and how much came
over the wire, compressed as it is. The aims are 1 s and 100 kB, without covers.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases
from benchmarks.serving import giving_up, processes, wait_until_served
from tests.browser.desk import CHROMIUM, FLAGS

BOOKS, PATRONS, LOANS, TIMES = 100_000, 10_000, 50_000, 7
PASSWORD = "bench-0926-quiet"
OF_ANYBODY = ("/", "/search?q=the", "/search?q=바다&available=yes", "/books/77", "/shelf", "/sign-in")
OF_PATRONS = ("/me", "/me/fees", "/me/history", "/me/card", "/me/profile", "/books/77/borrow")
SEEN = """() => new Promise(done => {
    let moved = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => moved += one.value))
        .observe({type: "layout-shift", buffered: true});
    const sizes = performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"));
    setTimeout(() => done({
        paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
        moved: moved,
        bytes: sizes.reduce((sum, one) => sum + one.transferSize, 0),
    }), 100);
})"""


def main() -> int:
    """Measures each database in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    which_databases(parser)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    return _measure(wanted.folder) if wanted.folder else on_each_database(wanted.databases, _begin)


def _begin(kind: str) -> int:
    sizes = {"books": BOOKS, "patrons": PATRONS, "loans": LOANS}
    with scratch(kind) as (folder, url):
        settings = environment(folder, url)
        building = [sys.executable, "-m", "benchmarks.building", *(f"--{name}={n}" for name, n in sizes.items())]
        steps = (
            building,
            [sys.executable, "manage.py", "rebuild_search"],
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
            [sys.executable, "-m", "benchmarks.pages", f"--folder={folder}"],
        )
        return next((code for step in steps if (code := run(step, settings))), 0)


def _measure(folder: Path) -> int:
    django.setup()
    port = int(os.environ["PORT"])
    card = _a_card()
    with giving_up(), processes("web", folder=folder) as group, sync_playwright() as playwright:
        wait_until_served(port, group, folder)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(locale="en")
        print(f"\n{'':28}{'paint':>9}{'shift':>9}{'kB':>9}", flush=True)
        for path, figures in _pages(context, f"http://127.0.0.1:{port}", card):
            print(
                f"{path:28}{figures['paint']:7.0f}ms{figures['moved']:9.3f}{figures['bytes'] / 1e3:9.1f}",
                flush=True,
            )
        browser.close()
    return 0


def _pages(context: BrowserContext, host: str, card: str) -> Iterator[tuple[str, dict[str, float]]]:
    for path in OF_ANYBODY:
        yield path, _opened(context, host + path)
    page = context.new_page()
    page.goto(f"{host}/sign-in")
    page.fill("[name=username]", card)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("form[action='/sign-out']").wait_for()
    for path in OF_PATRONS:
        yield path, _opened(context, host + path)


def _opened(context: BrowserContext, address: str) -> dict[str, float]:
    """The medians of several looks; the first one is not counted."""
    looks = [_look(context, address) for _ in range(TIMES + 1)][1:]
    return {name: statistics.median(look[name] for look in looks) for name in looks[0]}


def _look(context: BrowserContext, address: str) -> dict[str, Any]:
    page: Page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    answer = page.goto(address, wait_until="load")
    if not answer or answer.status != 200:
        sys.exit(f"{address} answered {answer and answer.status}")
    seen: dict[str, Any] = page.evaluate(SEEN)
    page.close()
    return seen


def _a_card() -> str:
    """A patron of the middle, who gets a password."""
    from accounts.models import User  # noqa: PLC0415  (Django is set up by then)

    user = User.objects.order_by("pk")[PATRONS // 2]
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user.card_number


if __name__ == "__main__":
    sys.exit(main())
