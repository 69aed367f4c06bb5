"""`python -m tests.browser.staff_screens FOLDER`: a picture of every page of the staff side, for people to look at.

A library with the demo and something of everything is started. From the start page every link is followed, of each kind
of page the first, and every action of every list is begun: in both languages, 1280 and 1024 wide, and the start page of
each role. What is cut off is printed, and `strange.json` has what a page says in another language than its own.
"""

import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Browser, Error, sync_playwright

from tests.browser.desk import CHROMIUM, FLAGS
from tests.browser.visitor import Device, Visitor, visitor
from tests.demo import PASSWORD, demo_library

WIDTHS = (1280, 1024)
ROLES = ("desk", "cataloguer", "cashier", "administrator", "operator", "bare")
OTHER = {"ko": "[A-Za-z]{3,}", "en": "[가-힣]"}
"""What a page in a language should have in names and titles alone."""
IS_PAGE = "!!document.body && document.contentType == 'text/html'"
LINKS = """() => [...document.querySelectorAll("a[href]")].map(a => a.getAttribute("href"))"""
TEXTS = """() => {
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (!parent.closest("script, style, noscript, svg, code")) found.push(walker.currentNode.data.trim());
    }
    for (const one of document.querySelectorAll("[placeholder], [title], [aria-label], [alt], input[type=submit]"))
        for (const name of ["placeholder", "title", "aria-label", "alt", "value"])
            if (name != "value" || one.type == "submit") found.push((one.getAttribute(name) || "").trim());
    found.push(document.title);
    return found.filter(Boolean);
}"""
BOXES = ".results, #header, #content, table, fieldset"
CUT_OFF = f"""() => [document.documentElement, ...document.querySelectorAll("{BOXES}")]
    .filter(box => box.scrollWidth > box.clientWidth + 1)
    .map(box => (box.id || box.className || box.tagName) + " " + box.scrollWidth + ">" + box.clientWidth)"""
ACTIONS = """() => [...document.querySelectorAll("#changelist-form select[name=action] option")]
    .map(option => option.value).filter(Boolean)"""


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--languages", nargs="*", default=["ko", "en"])
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    strange: dict[str, dict[str, str]] = {}
    with (
        TemporaryDirectory() as scratch,
        demo_library(Path(scratch), "tests.browser.filled") as port,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for language in wanted.languages:
            strange[language] = {}
            for name, person in _pages(browser, port, Path(scratch), language, wanted.only):
                if not person.look(lambda page: page.evaluate(IS_PAGE)):
                    continue
                for text in person.page.evaluate(TEXTS):
                    if re.search(OTHER[language], text):
                        strange[language].setdefault(text, name)
                for width in WIDTHS:
                    person.page.set_viewport_size({"width": width, "height": 800})
                    file = wanted.folder / f"{name}-{language}-{width}.png"
                    person.page.screenshot(path=file, full_page=True)
                    if cut := person.page.evaluate(CUT_OFF):
                        print("CUT OFF", name, language, width, cut, flush=True)
                person.page.set_viewport_size({"width": 1280, "height": 800})
    (wanted.folder / "strange.json").write_text(json.dumps(strange, ensure_ascii=False, indent=1))
    return 0


def _pages(browser: Browser, port: int, scratch: Path, language: str, only: str) -> Iterator[tuple[str, Visitor]]:
    looks = {"device": Device("desktop", 1280, 800), "language": language, "expected": (400, 403, 404, 409, 500)}
    for role in () if only else ROLES:
        with visitor(browser, port, scratch, **looks) as person:
            _sign_in(person, f"L-{role}")
            yield f"start-{role}", person
            person.faults.clear()
    with visitor(browser, port, scratch, **looks) as person:
        _sign_in(person, "S-7101")
        seen, found = set(), ["/admin/", *EXTRA]
        for at in found:
            kind = _kind(at)
            if kind in seen or only not in at:
                continue
            seen.add(kind)
            try:
                answer = person.page.goto(f"http://{person.host}{at}")
            except Error:
                continue
            if not answer or "html" not in answer.headers.get("content-type", ""):
                continue
            found += [link for one in person.page.evaluate(LINKS) if (link := _inside(one, at))]
            yield kind, person
            actions = person.page.evaluate(ACTIONS)
            for action in actions:
                if (name := f"{kind}-ACT-{action}") in seen:
                    continue
                seen.add(name)
                try:
                    person.page.goto(f"http://{person.host}{at}")
                    person.page.locator("#result_list input[name=_selected_action]").first.check(timeout=500)
                    person.page.locator("select[name=action]").first.select_option(action)
                    person.page.locator("button[name=index]").first.click(timeout=2000)
                except Error as error:
                    print("NO ACTION", name, str(error)[:90].replace("\n", " "), flush=True)
                    continue
                yield name, person
        print(len(seen), language, person.faults)
        person.faults.clear()


EXTRA = [
    "/admin/nowhere/",
    "/admin/password_change/",
    "/admin/find/?q=무진",
    "/admin/find/?q=qqqq",
    "/admin/statistics/table/?what=loans&rows=main_class&columns=month",
]


def _sign_in(person: Visitor, card: str) -> None:
    person.open("/admin/login/")
    person.page.locator("[name=username]").fill(card)
    person.page.locator("[name=password]").fill(PASSWORD)
    person.page.keyboard.press("Enter")
    person.page.locator("#logout-form").wait_for()


def _inside(link: str, at: str) -> str:
    if link.startswith("?"):
        link = at.partition("?")[0] + link
    parts = urlsplit(link)
    return (
        link.partition("#")[0] if not parts.netloc and parts.path.startswith("/admin/") and "logout" not in link else ""
    )


def _kind(at: str) -> str:
    parts = urlsplit(at)
    path = re.sub(r"/[0-9a-f]{8}-[0-9a-f-]+/", "/U/", re.sub(r"/\d+(?=/)", "/N", parts.path))
    names = sorted(name for name, _value in parse_qsl(parts.query) if name != "_changelist_filters")
    if path.count("/") == 4 and "/desk/" not in path and "find" not in path and "statistics" not in path:
        names = ["q"][: len(names)]
    return (path.strip("/").replace("/", "_") + "-" + "-".join(names))[:110]


if __name__ == "__main__":
    sys.exit(main())
