"""A card's whole life on the patrons' site, in a browser: applied for, given at the desk, its password chosen by a
link,
forgotten, changed. On phones and a desktop, in both languages, with scripts and without; each button clicked twice."""

from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser

from tests.browser.desk import Desk, needs_chromium
from tests.browser.library import Library
from tests.browser.visitor import DESKTOP, PHONE, Device, Visitor, visitor
from tests.demo import PASSWORD
from tests.processes import until

pytestmark = [needs_chromium, pytest.mark.once]
NEW = "떡볶이-순대-튀김-1987"


class Looks(NamedTuple):
    """With what and in which language somebody looks at the site, and whether scripts are on."""

    device: Device
    language: str
    scripts: bool


LOOKS = [
    Looks(device, language, scripts)
    for device in (PHONE, DESKTOP)
    for language in ("ko", "en")
    for scripts in (True, False)
]


def send(person: Visitor, action: str, **fields: str) -> None:
    """Fills in that form, and clicks twice on its button."""
    form = person.page.locator(f"main form[action='{action}']")
    for name, typed in fields.items():
        form.locator(f"[name={name}]").fill(typed)
    form.locator("button").dblclick()


def says(person: Visitor, sentence: str) -> None:
    """Waits until the page says so."""
    person.page.get_by_text(sentence).first.wait_for()


def choose_password(person: Visitor, link: str, password: str, *, scripts: bool = True) -> None:
    """By the link of a mail."""
    person.open(link)
    assert person.page.url.endswith("/set-password")
    if scripts:  # axe is one
        person.is_well_made()
    send(person, person.page.url.partition(person.host)[2], new_password=password, new_password_again=password)
    person.page.locator("[name=username]").wait_for()


@pytest.mark.parametrize("looks", LOOKS, ids=str)
def test_a_forgotten_password_is_chosen_anew_and_changed_back(
    browser: Browser, library: Library, tmp_path: Path, looks: Looks
) -> None:
    card, before = library.patron(looks.language).card, len(library.links())
    options = {"java_script_enabled": looks.scripts}
    with visitor(browser, library.port, tmp_path, device=looks.device, language=looks.language, **options) as person:
        person.open("/sign-in")
        person.page.locator("main a[href='/password/forgotten']").click()
        send(person, "/password/forgotten", card_number=card)
        person.page.locator(".message.success").wait_for()
        choose_password(person, library.link(before + 1), NEW, scripts=looks.scripts)
        person.page.locator(".message.success").wait_for()
        person.sign_in(card, NEW)
        person.open("/me/profile")
        fields = {"old_password": NEW, "new_password": PASSWORD, "new_password_again": PASSWORD}
        send(person, "/me/profile/password", **fields)
        person.page.locator(".message.success").wait_for()
        assert "/me/profile" in person.page.url
    assert len(library.links()) == before + 1


@pytest.mark.parametrize("looks", [looks for looks in LOOKS if looks.scripts], ids=str)
def test_a_card_is_applied_for_given_at_the_desk_and_used(
    browser: Browser, library: Library, tmp_path: Path, looks: Looks
) -> None:
    before, own = len(library.links()), f"{looks.language}-{looks.device.name}"
    name = f"박새봄-{own}"
    with visitor(browser, library.port, tmp_path, language="en") as desk:
        desk.open("/sign-in")
        Desk.sign_in(desk, "L-0001", PASSWORD)
        desk.page.wait_for_url("**/admin/")
        desk.open("/admin/opac/librarypage/")
        if not desk.page.locator("#result_list a").count():
            desk.open("/admin/opac/librarypage/add/")
            desk.page.locator("[name=name_ko]").fill("솔숲도서관")
            desk.page.locator("[name=name_en]").fill("Pine Library")
            desk.page.locator("[name=card_applications]").check()
            desk.page.locator("[name=_save]").click()
        with visitor(browser, library.port, tmp_path, device=looks.device, language=looks.language) as person:
            until(lambda: _may_apply(person))  # another process remembers the library's words for some seconds
            person.is_well_made()
            send(person, "/apply", name=name, email="nowhere")
            send(person, "/apply", name=name, email=f"{own}@example.org", message="<b>안녕하세요</b>")
            person.page.locator(".message.success").wait_for()
            desk.open("/admin/accounts/cardapplication/")
            desk.page.get_by_role("link", name=name).click()
            desk.page.locator("form:has([name=action][value=confirm]) button").click()
            desk.page.locator("[name=card_number]").fill(f"P-9-{own}")
            desk.page.locator(".submit-row [type=submit]").click()
            desk.page.locator(".messagelist .success").wait_for()
            choose_password(person, library.link(before + 1), NEW)
            person.sign_in(f"P-9-{own}", NEW)
            person.open("/me/profile")
            says(person, name)
            person.is_well_made()


def _may_apply(person: Visitor) -> bool:
    person.open("/apply")
    return bool(person.page.locator("main form").count())
