"""A librarian's day, by keyboard alone: the desk is opened, people borrow and bring back, some late; others wait for
a book, which comes back and is collected; a copy is lost, a wrong return undone, a fine paid, and the till closed."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.desk import needs_chromium
from tests.browser.library import Library, Patron
from tests.browser.test_desk import LAPTOP, at_the_desk, box_is_ready, scan
from tests.browser.visitor import DESKTOP, PHONE, Device, Visitor, visitor

pytestmark = needs_chromium
A_WEEK_LATE = timedelta(days=21)
MOST_TABS = 400
LISTEN = """() => {
    window.heard = [];
    const box = document.getElementById("box");
    new MutationObserver(changes => changes.flatMap(change => [...change.addedNodes])
        .filter(node => node.id === "said").forEach(said => heard.push(said.textContent)))
        .observe(box, {childList: true});
}"""
"""Keeps what the box says, which goes by itself."""
FONT_SIZE = "one => parseFloat(getComputedStyle(one).fontSize)"


class Day(NamedTuple):
    """How much is done on it."""

    device: Device
    language: str
    loans: int
    late: int
    holds: int


A_SHORT_DAY = {"loans": 4, "late": 1, "holds": 1}
DAYS = [
    # The library that the browser sees is on the run's database.
    pytest.param(Day(DESKTOP, "ko", loans=30, late=5, holds=3), marks=pytest.mark.django_db),
    *(Day(device, language, **A_SHORT_DAY) for device, language in ((LAPTOP, "en"), (PHONE, "ko"), (PHONE, "en"))),
]
TITLES = {"ko": ("토지", "무진기행", "소나기"), "en": ("Emma", "Middlemarch", "Persuasion")}
AT_ONCE = 9
"""Copies that one patron takes: fewer than the ten that are allowed."""


def press(person: Visitor, wanted: Locator) -> None:
    """Goes there with the Tab key, and presses Enter."""
    reach(person, wanted)
    person.page.keyboard.press("Enter")


def reach(person: Visitor, wanted: Locator) -> None:
    """Goes there with the Tab key; what can't be reached so is a dead end."""
    wanted = wanted.first
    wanted.wait_for()
    for _tab in range(MOST_TABS):
        if person.look(lambda page: wanted.evaluate("one => one === document.activeElement")):
            return
        person.page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached with the Tab key on {person.page.url}")


def type_in(person: Visitor, name: str, typed: str) -> None:
    """Over what stands in the field."""
    reach(person, person.page.locator(f"#content [name={name}]:not([type=hidden])"))
    person.page.keyboard.press("Control+A")
    person.page.keyboard.type(typed)


def back_at_the_desk(person: Visitor) -> None:
    """By the header, as from every page."""
    press(person, person.page.locator("#header a[href='/admin/desk/']"))
    box_is_ready(person)


@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day.device.name}-{day.language}")
def test_a_day_at_the_desk(browser: Browser, library: Library, tmp_path: Path, day: Day) -> None:
    first, *others = [library.patron(day.language) for _patron in range(1 + day.holds)]
    often, sought, rare = TITLES[day.language]
    copies = library.barcodes(library.book(often, copies=day.loans - day.holds - 1))
    wanted = [Wanted(patron, library, f"{sought} {patron.card}") for patron in others]
    lost = library.barcode(library.book(rare))
    looks = {"device": day.device, "language": day.language}
    with visitor(browser, library.port, tmp_path, **looks) as morning:
        at_the_desk(morning)
        lend(morning, first, copies[: day.late], late=True)
        for place, patron in enumerate(others):
            lend(morning, patron, copies[day.late :][AT_ONCE * place : AT_ONCE * (place + 1)])
        scan(morning, "DESK-NEXT", first.card, *(one.copy for one in wanted), lost)
        done(morning, "lent", day.loans)
        morning.is_well_made()
        for one in wanted:
            place_a_hold(morning, one)
        lose(morning, first, lost)
    with visitor(browser, library.port, tmp_path, **looks) as afternoon:
        at_the_desk(afternoon)
        scan(afternoon, *copies)
        done(afternoon, "back", len(copies))
        expect(afternoon.page.locator("#acts")).to_contain_text("500")
        undo_a_wrong_return(afternoon, copies[-1])
        for one in wanted:
            keep_for(afternoon, one)
        afternoon.is_well_made()
    with visitor(browser, library.port, tmp_path, **looks) as evening:
        at_the_desk(evening)
        for one in wanted:
            collect(evening, one)
        scan(evening, copies[-1])
        done(evening, "back", 1)
        pay(evening, first)
        close_the_till(evening)


class Wanted:
    """A book of one copy that somebody else has, and who waits for it."""

    def __init__(self, patron: Patron, library: Library, title: str) -> None:
        self.patron, self.title, self.book = patron, title, library.book(title)
        self.copy = library.barcode(self.book)


def done(person: Visitor, kind: str, number: int) -> None:
    """So many acts of a kind are in the list of the sitting."""
    expect(person.page.locator(f"#acts > li.{kind}")).to_have_count(number)
    expect(person.page.locator("#acts > li.refused")).to_have_count(0)


def lend(person: Visitor, patron: Patron, copies: list[str], *, late: bool = False) -> None:
    """Scans the card and the copies, one after another; those that are to be late for a day three weeks ago."""
    show(person, patron)
    if late:
        press(person, person.page.locator(".earlier summary"))
        reach(person, person.page.locator("[name=day]"))
        past = (datetime.now(ZoneInfo("Asia/Seoul")) - A_WEEK_LATE).date()
        person.page.locator("[name=day]").fill(past.isoformat())
        reach(person, person.page.locator("#sounds"))
    scan(person, *copies)
    for copy in copies:
        expect(person.page.locator("#patron tbody")).to_contain_text(copy)


def show(person: Visitor, patron: Patron) -> None:
    """Scans the card, and sees whose it is."""
    scan(person, patron.card)
    expect(person.page.locator("#patron h2")).to_contain_text(patron.card)


def place_a_hold(person: Visitor, wanted: Wanted) -> None:
    """The patron asks for what another one has: the look-up leads to the hold, and that back to the patron."""
    show(person, wanted.patron)
    scan(person, wanted.title)
    asked = person.page.locator(f"#question a[href*='/hold/add/?book_number={wanted.book}&']")
    expect(asked).to_have_css("text-transform", "none")  # so is the title beside it
    person.is_well_made()
    press(person, asked)
    press(person, person.page.locator("[name=_save]"))
    expect(person.page.locator("li.success")).to_be_visible()
    person.is_well_made()
    box_is_ready(person)
    expect(person.page.locator("#patron h2")).to_contain_text(wanted.patron.card)
    expect(person.page.locator("#patron")).to_contain_text(wanted.title)


def lose(person: Visitor, patron: Patron, copy: str) -> None:
    """The patron has lost it: from the desk to the copy, which is marked."""
    show(person, patron)
    press(person, person.page.locator("#patron td a", has_text=copy))
    press(person, person.page.locator("form:has([name=action][value=mark]) button"))
    type_in(person, "reason", "lost on a bus 버스에서")
    person.is_well_made()
    press(person, person.page.locator("#content [type=submit]"))
    expect(person.page.locator("li.success")).to_be_visible()
    back_at_the_desk(person)


def undo_a_wrong_return(person: Visitor, copy: str) -> None:
    """The last scan was of a copy that nobody brought back; the box says that it is undone, and nothing else."""
    person.page.evaluate(LISTEN)
    scan(person, "DESK-UNDO")
    undone = person.page.locator("#acts > li.back.voided")
    expect(undone).to_contain_text(copy)
    title, what = (undone.locator(part).inner_text() for part in ("b", ".act-undone"))
    assert person.page.evaluate("heard") == [f"{title}: {what}"]


def keep_for(person: Visitor, wanted: Wanted) -> None:
    """The copy comes back, and goes to the hold shelf with a slip."""
    scan(person, wanted.copy)
    expect(person.page.locator("#acts > li").first).to_contain_text(f"→ {wanted.patron.name}")
    press(person, person.page.locator("#acts > li").first.locator("a[href*='/hold-slip/']"))
    expect(person.page.locator("#slip")).to_contain_text(wanted.patron.name)
    person.is_well_made()
    back_at_the_desk(person)


def collect(person: Visitor, wanted: Wanted) -> None:
    """Whoever waited is shown that it is there, and takes it along."""
    show(person, wanted.patron)
    expect(person.page.locator("#patron .ready")).to_contain_text(wanted.copy)
    scan(person, wanted.copy)
    expect(person.page.locator("#patron tbody")).to_contain_text(wanted.copy)


def pay(person: Visitor, patron: Patron) -> None:
    """All that is owed, in cash, with a receipt."""
    show(person, patron)
    press(person, person.page.locator("#patron .owed a"))
    press(person, person.page.locator("#content a[href$='/pay/']"))
    expect(person.page.locator("form.confirmation [name=seen]")).to_be_attached()
    person.is_well_made()
    press(person, person.page.locator("form.confirmation [type=submit]"))
    expect(person.page.locator("li.success")).to_be_visible()
    person.is_well_made()
    press(person, person.page.locator("a[href*='/receipt/']"))
    expect(person.page.locator("#slip")).to_contain_text(patron.card)
    part, total = person.page.locator("#slip tr:first-child td:last-child").all()
    assert total.evaluate(FONT_SIZE) >= part.evaluate(FONT_SIZE)
    for amount in (part, total):
        expect(amount).to_have_css("text-align", "right")
        expect(amount).to_have_css("white-space", "nowrap")
    person.is_well_made()


def close_the_till(person: Visitor) -> None:
    """From the start page to the open till; what was counted is what was taken. Tests share the librarian, so it is
    reopened behind that."""
    press(person, person.page.locator("#site-name a"))
    press(person, person.page.locator("#content a[href*='/fines/till/']"))
    press(person, person.page.locator("#result_list tbody th a"))
    press(person, person.page.locator("form:has([name=action][value=close]) button"))
    person.page.locator("[name=counted]").wait_for()
    expected = re.search(r"[\d,]+", person.page.locator("#content p").first.inner_text())
    assert expected, person.page.locator("#content").inner_text()
    type_in(person, "counted", expected[0].replace(",", ""))
    person.is_well_made()
    press(person, person.page.locator("#content [type=submit]"))
    expect(person.page.locator("li.success")).to_be_visible()
    person.is_well_made()
    press(person, person.page.locator("form:has([name=action][value=reopen]) button"))
    type_in(person, "reason", "for the next test 다음 시험")
    press(person, person.page.locator("#content [type=submit]"))
    expect(person.page.locator("li.success")).to_be_visible()
