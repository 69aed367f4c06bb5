"""Librarians register webhooks, look after them, and have things sent again."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from library.operations.set_up import set_up
from tests.admin.door import Door, a_librarian, a_patron
from tests.webhooks.receiver import Receiver, receiving, verified
from tests.webhooks.sending import send_due
from webhooks.models import Attempt, Endpoint
from webhooks.queries import webhooks_failing

pytestmark = pytest.mark.django_db
NO_ATTEMPTS = {"attempts-TOTAL_FORMS": "0", "attempts-INITIAL_FORMS": "0"}


@pytest.fixture(autouse=True)
def _on_a_developers_machine(settings: Any) -> None:
    settings.DEBUG = True


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A program that takes webhooks."""
    with receiving() as running:
        yield running


@pytest.fixture
def librarian(db: Any) -> Door:
    """A librarian with the rights that an installation gives."""
    set_up()
    return a_librarian()


def secret_on(page: str) -> str:
    """The secret that a page tells."""
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", html.unescape(page)))
    return secret


def register(librarian: Door, receiver: Receiver, *names: str) -> tuple[Endpoint, str]:
    page = librarian.send("webhooks_endpoint_add", url=receiver.url, names=names)
    return Endpoint.objects.get(), secret_on(page)


def test_a_librarian_registers_one_and_sees_its_secret_once(librarian: Door, receiver: Receiver) -> None:
    endpoint, secret = register(librarian, receiver, "PatronRegistered", "BookBorrowed")

    assert (endpoint.names, endpoint.made_by) == (["BookBorrowed", "PatronRegistered"], librarian.user)
    for page in (librarian.see("webhooks_endpoint_change", endpoint.pk), librarian.see("webhooks_endpoint_changelist")):
        assert "whsec_" not in page
    a_patron()
    send_due()
    assert verified(*receiver.taken[0], secret)
    page = librarian.see("webhooks_endpoint_change", endpoint.pk)
    assert "PatronRegistered" in page
    assert "204" in page


@pytest.mark.parametrize("url", ["ftp://example.org/", "http://ada:pw@example.org/", "http://no-such-host.invalid/"])
def test_an_address_with_a_fault_is_refused_with_a_sentence(librarian: Door, url: str) -> None:
    page = librarian.send("webhooks_endpoint_add", url=url)
    assert "errornote" in page
    assert url in html.unescape(page)
    assert not Endpoint.objects.exists()


def test_address_and_choice_can_be_changed(librarian: Door, receiver: Receiver) -> None:
    endpoint, _ = register(librarian, receiver)
    fields = {"url": receiver.url + "&v=2", "names": ["BookBorrowed"]}
    librarian.send("webhooks_endpoint_change", endpoint.pk, **fields, **NO_ATTEMPTS)
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.names) == (receiver.url + "&v=2", ["BookBorrowed"])


def test_it_is_paused_resumed_and_given_a_new_secret(librarian: Door, receiver: Receiver) -> None:
    endpoint, secret = register(librarian, receiver)
    assert "Paused: 1." in librarian.act("webhooks_endpoint", "pause", endpoint)
    a_patron()
    assert send_due() == 0
    assert "Resumed: 1." in librarian.act("webhooks_endpoint", "resume", endpoint)
    assert "For one day" in librarian.act("webhooks_endpoint", "rotate_secret", endpoint)
    other = secret_on(librarian.act("webhooks_endpoint", "rotate_secret", endpoint, confirmed="yes"))
    assert other != secret
    assert send_due() == 1
    assert verified(*receiver.taken[0], other)


def test_its_history_says_who_did_what_with_it(librarian: Door, receiver: Receiver) -> None:
    endpoint, _ = register(librarian, receiver)
    a_patron()
    send_due()
    librarian.act("webhooks_endpoint", "rotate_secret", endpoint, confirmed="yes")
    librarian.act("webhooks_attempt", "resend", Attempt.objects.get())
    since = {"confirmed": "yes", "since": "2020-01-02 03:04"}
    librarian.act("webhooks_endpoint", "resend_since", endpoint, **since)
    librarian.act("webhooks_endpoint", "pause", endpoint)
    librarian.act("webhooks_endpoint", "resend_since", endpoint, **since)
    librarian.act("webhooks_endpoint", "resume", endpoint)
    fields = {"url": receiver.url, "names": ["BookBorrowed"]}
    librarian.send("webhooks_endpoint_change", endpoint.pk, **fields, **NO_ATTEMPTS)

    page = librarian.see("webhooks_endpoint_history", endpoint.pk)
    rows = re.findall(r"<tr><td>[^<]+</td><td>([^<]+)</td><td>([^<]+)</td>", html.unescape(page))
    again = f"{Attempt.objects.get().event} sent again"
    since = "all since 2020-01-02 03:04 sent again"
    said = ["Changed events.", "resumed", "paused", since, again, "given a new secret", "Added."]
    assert rows == [(what, str(librarian.user)) for what in said]


def test_a_program_that_is_gone_for_good_is_paused_and_fails_no_more(librarian: Door, receiver: Receiver) -> None:
    endpoint, _ = register(librarian, receiver)
    a_patron()
    receiver.answers = 410
    send_due()
    assert webhooks_failing() == 1
    assert "Paused: 1." in librarian.act("webhooks_endpoint", "pause", endpoint)
    assert webhooks_failing() == 0
    assert "because it failed" not in librarian.see("webhooks_endpoint_change", endpoint.pk)
    assert "resume it first" in librarian.act("webhooks_endpoint", "pause", endpoint)


def test_one_that_waits_after_failures_can_be_resumed(librarian: Door, receiver: Receiver) -> None:
    endpoint, _ = register(librarian, receiver)
    assert 'value="resume"' not in librarian.see("webhooks_endpoint_change", endpoint.pk)
    receiver.answers = 503
    a_patron()
    assert send_due() == 1
    assert send_due() == 0
    assert 'value="resume"' in librarian.see("webhooks_endpoint_change", endpoint.pk)
    librarian.act("webhooks_endpoint", "resume", endpoint)
    assert send_due() == 1


def test_a_disabled_one_says_so_on_its_page(librarian: Door, receiver: Receiver) -> None:
    endpoint, _ = register(librarian, receiver)
    receiver.answers = 410
    a_patron()
    send_due()
    assert "because it failed: The answer was status 410." in librarian.see("webhooks_endpoint_change", endpoint.pk)
    librarian.act("webhooks_endpoint", "resume", endpoint)
    assert "because it failed" not in librarian.see("webhooks_endpoint_change", endpoint.pk)


def test_one_event_and_all_since_a_time_are_sent_again(librarian: Door, receiver: Receiver) -> None:
    endpoint, _ = register(librarian, receiver)
    before = timezone.localtime()
    first, second = a_patron("P-7102").id, a_patron("P-7103").id
    send_due()
    assert "To be sent again: 1." in librarian.act("webhooks_attempt", "resend", Attempt.objects.earliest("pk"))
    send_due()
    assert [one["data"]["patron"] for one in receiver.messages] == [first, second, first]

    asked = {"confirmed": "yes", "since": f"{before:%Y-%m-%d %H:%M:%S}"}
    assert "errorlist" in librarian.act("webhooks_endpoint", "resend_since", endpoint, confirmed="yes", since="soon")
    assert "Moved back: 1." in librarian.act("webhooks_endpoint", "resend_since", endpoint, **asked)
    send_due()
    assert [one["data"]["patron"] for one in receiver.messages][-2:] == [first, second]
    asked["since"] = f"{before + timedelta(days=1):%Y-%m-%d %H:%M}"
    assert "Nothing has happened since then." in librarian.act("webhooks_endpoint", "resend_since", endpoint, **asked)
