"""A worker sends each mail once, tries again where the server does not take it, and gives up in the end."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from accounts.mail.outbox import failed_mails_since, queue_mail
from accounts.mail.site import site_url
from accounts.mail.tasks import send_mails
from accounts.models import OutgoingMail, User
from tests.people import a_patron

pytestmark = pytest.mark.django_db


def asked_for(card_number: str = "P-7001") -> OutgoingMail:
    """A mail that is due."""
    queue_mail(kind="link", card_number=card_number, now=timezone.now())
    return OutgoingMail.objects.get()


def test_what_the_server_does_not_take_is_tried_again_ever_later_and_given_up(
    haneul: User, settings: Any, caplog: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.accounts.mail_server.Refusing"
    tried, row = [], asked_for()
    start = timezone.localtime()
    with time_machine.travel(start, tick=False) as clock:
        for minute in range(60):
            clock.move_to(start + timedelta(minutes=minute))
            before = OutgoingMail.objects.get().attempts
            send_mails()
            tried += [minute] if OutgoingMail.objects.get().attempts > before else []
    assert tried == [0, 1, 3, 7, 15]
    row.refresh_from_db()
    assert (row.failed, row.attempts) == (True, 5)
    assert failed_mails_since(start - timedelta(days=1)) == 1
    assert "SMTPServerDisconnected" in caplog.text
    assert "haneul@example.org" not in caplog.text


def test_it_is_sent_once_the_server_is_back(haneul: User, settings: Any) -> None:
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.accounts.mail_server.Refusing"
    asked_for()
    send_mails()
    settings.EMAIL_BACKEND = works
    send_mails()
    assert mail.outbox == []
    with time_machine.travel(timezone.localtime() + timedelta(minutes=2)):
        send_mails()
        send_mails()
    assert len(mail.outbox) == 1


def test_an_address_that_cant_be_written_holds_up_no_other_mail(haneul: User, settings: Any) -> None:
    User.objects.filter(pk=haneul.pk).update(email='"\x7f"@example.org')
    a_patron("P-7002", "Jo March", email="jo@example.org")
    asked_for()
    queue_mail(kind="link", card_number="P-7002", now=timezone.now())
    send_mails()
    assert [letter.to for letter in mail.outbox] == [["Jo March <jo@example.org>"]]
    assert list(OutgoingMail.objects.order_by("pk").values_list("failed", "attempts")) == [(True, 1), (False, 1)]


def test_what_another_worker_has_claimed_is_left_to_it(haneul: User) -> None:
    OutgoingMail.objects.filter(pk=asked_for().pk).update(attempts=1, retry_at=timezone.now() + timedelta(minutes=1))
    send_mails()
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [("김하늘", "김하늘"), ('O\'Neil, Jo "J"', "O'Neil"), ("Jo\r\nBcc: x@example.org", "Jo Bcc: x@example.org")],
)
def test_a_name_is_only_a_name_in_the_head_of_a_mail(haneul: User, name: str, shown: str) -> None:
    User.objects.filter(pk=haneul.pk).update(name=name)
    asked_for()
    send_mails()
    (letter,) = mail.outbox
    head = letter.message()
    assert letter.recipients() == letter.to
    assert head["Bcc"] is None
    assert "haneul@example.org" in head["To"]
    assert shown in letter.body
    assert head["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("configured", "hosts", "debug", "url"),
    [
        ("https://library.example.org/", ["*"], False, "https://library.example.org"),
        ("", ["library.example.org", "10.0.0.1"], False, "https://library.example.org"),
        ("", ["*"], False, ""),
        ("", [".example.org", "a.example.org"], False, "https://a.example.org"),
        ("", [], True, "http://127.0.0.1:8010"),
    ],
)
def test_links_lead_to_where_the_library_is(configured: str, hosts: list[str], debug: bool, url: str) -> None:
    assert site_url(configured, hosts, port=8010, debug=debug) == url


def test_an_address_without_its_scheme_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="begins with https"):
        site_url("library.example.org", [], port=8000, debug=False)
