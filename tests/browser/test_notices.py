"""A librarian words notices and looks at what was sent, and a patron wants no more of a kind: by keyboard alone."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser, expect

from accounts.models import User
from notices.links import SIGNER
from notices.models import Notice, Wording
from tests.admin.door import a_librarian
from tests.browser.desk import Desk, needs_chromium
from tests.browser.test_day_round import press, type_in
from tests.browser.test_desk import LAPTOP
from tests.browser.visitor import DESKTOP, PHONE, Device, Visitor, visitor
from tests.people import PASSWORD, a_patron

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.once]
LOOKS = pytest.mark.parametrize(("device", "language"), [(DESKTOP, "ko"), (LAPTOP, "en"), (PHONE, "ko"), (PHONE, "en")])
WORDS = {
    "ko": {"usual": "비워 두면: 연체: {title}", "own": "{title}: 반납해 주세요", "made-up": "예로 든 책: 반납해 주세요",
           "off": "‘곧 반납’ 알림을 더 보내지 않습니다."},
    "en": {"usual": "Left empty: Overdue: {title}", "own": "Bring back {title}",
           "made-up": "Bring back A made-up title", "off": "You get no more notices of this kind: due soon."},
}  # fmt: skip


@contextmanager
def a_window(browser: Browser, live_server: Any, folder: Path, **looks: Any) -> Iterator[Visitor]:
    """A visitor at the server of the test."""
    host = live_server.url.partition("://")[2]
    with visitor(browser, int(host.rpartition(":")[2]), folder, **looks) as person:
        person.host = host
        yield person


@LOOKS
def test_words_are_written_tried_and_sent_to_oneself(
    browser: Browser, live_server: Any, tmp_path: Path, device: Device, language: str
) -> None:
    a_librarian()
    User.objects.filter(card_number="L-7101").update(email="ada@example.org")
    wording, words = Wording.objects.create(kind="overdue", language=language), WORDS[language]
    with a_window(browser, live_server, tmp_path, device=device, language=language) as person:
        person.open(f"/admin/notices/wording/{wording.pk}/change/")
        Desk.sign_in(person, "L-7101", PASSWORD)
        expect(person.page.locator("#id_subject_helptext")).to_have_text(words["usual"])
        person.is_well_made()
        type_in(person, "subject", words["own"])
        press(person, person.page.locator("[name=_preview]"))
        expect(person.page.locator(".preview")).to_contain_text(words["made-up"])
        person.is_well_made()
        press(person, person.page.locator("[name=_save]"))
        expect(person.page.locator("li.success")).to_be_visible()
        person.is_well_made()
        press(person, person.page.locator("#result_list tbody th a"))
        press(person, person.page.locator("form:has([name=action][value=send_to_myself]) button"))
        expect(person.page.locator("li.success")).to_be_visible()
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [(["ada@example.org"], words["made-up"])]


@LOOKS
def test_what_was_sent_and_what_came_back_is_seen(
    browser: Browser, live_server: Any, tmp_path: Path, device: Device, language: str
) -> None:
    patron, now = a_patron(), timezone.now()
    a_librarian()
    kept: dict[str, Any] = {"made_at": now, "retry_at": now, "is_digest": False, "day": now.date(), "channel": "email"}
    link = "https://library.example.org/notices/off/" + "WzEsImR1ZV9zb29uIl0" * 9
    for status in ("sent", "returned"):
        sent = {"title": f"Due soon: {status}", "body": f"No more of these: {link}", "status": status}
        Notice.objects.create(patron_id=patron.id, run=uuid.uuid4(), kind="due_soon", **sent, **kept)
    with a_window(browser, live_server, tmp_path, device=device, language=language) as person:
        person.open("/admin/notices/notice/?status__exact=returned")
        Desk.sign_in(person, "L-7101", PASSWORD)
        expect(person.page.locator("#result_list tbody tr")).to_have_count(1)
        person.is_well_made()
        press(person, person.page.locator("#result_list .field-title a"))
        expect(person.page.locator(".field-body")).to_contain_text(link)
        expect(person.page.locator("#content h2").first).to_have_text("Due soon: returned")
        person.is_well_made()
        press(person, person.page.locator("form:has([name=action][value=send_again]) button"))
        expect(person.page.locator("li.success")).to_be_visible()
    assert sorted(Notice.objects.values_list("status", flat=True)) == ["sent", "waiting"]


@LOOKS
def test_a_link_in_a_mail_ends_a_kind_and_leads_to_the_others(
    browser: Browser, live_server: Any, tmp_path: Path, device: Device, language: str
) -> None:
    patron = a_patron(language=language)
    with a_window(browser, live_server, tmp_path, device=device, language=language) as person:
        person.open(f"/notices/off/{SIGNER.sign_object([patron.id, 'due_soon'])}")
        person.is_well_made()
        press(person, person.page.locator("main form button"))
        expect(person.page.locator("main .card")).to_have_text(WORDS[language]["off"])
        person.is_well_made()
        press(person, person.page.locator("main a[href='/me/notices']"))
        person.page.locator("[name=username]").fill("P-7001")
        person.page.locator("[name=password]").fill(PASSWORD)
        person.page.keyboard.press("Enter")
        expect(person.page.locator("[name=kinds][value=due_soon]")).not_to_be_checked()
        expect(person.page.locator("[name=kinds][value=fine]")).to_be_checked()
        person.is_well_made()
