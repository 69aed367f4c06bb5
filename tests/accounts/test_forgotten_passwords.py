"""Who forgot the password gets a mail with a link, which works once; nobody learns who has a card."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ
from knox.models import AuthToken

from accounts.hashing import hash_password
from accounts.mail.outbox import TASK
from accounts.models import OutgoingMail, User
from tests.accounts.links import asked, chosen, sent
from tests.opac.visitor import Visitor
from tests.people import PASSWORD, Person, a_librarian, a_patron

pytestmark = pytest.mark.django_db

NEW = "떡볶이-순대-튀김-1987"


def where(answer: Any) -> str:
    """The last address that redirects led to."""
    return str(answer.redirect_chain[-1][0])


def test_a_link_comes_by_mail_and_with_it_a_new_password_is_chosen(
    haneul: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = asked(Visitor(), "p-7001")
    assert "a mail with a link is on its way" in answer.content.decode()
    assert where(answer) == "/password/forgotten"
    assert mail.outbox == []
    assert TASK in [task.func() for task in OrmQ.objects.all()]

    (link,) = sent()
    (letter,) = mail.outbox
    assert letter.to == ["김하늘 <haneul@example.org>"]
    assert (letter.subject, "P-7001" in letter.body) == ("도서관 회원증의 비밀번호를 정해 주세요", True)
    answer = chosen(Visitor(), link, NEW)
    assert "Your password is changed. Please sign in with it." in answer.content.decode()
    assert where(answer) == "/sign-in"
    assert where(Visitor().sign_in("P-7001", NEW)) == "/me"


def test_the_mail_is_in_the_readers_language(haneul: User) -> None:
    User.objects.filter(pk=haneul.pk).update(language="en")
    asked(Visitor(language="ko"), "P-7001")
    sent()
    assert mail.outbox[0].subject == "Choose a password for your library card"


def test_a_link_works_once(haneul: User) -> None:
    asked(Visitor(), "P-7001")
    (link,) = sent()
    late = Visitor()
    page = late.get(link, follow=True).redirect_chain[-1][0]
    chosen(Visitor(), link, NEW)

    for answer in (chosen(Visitor(), link, "another-one-1988"), late.post(page, {"new_password": "another-one-1988"})):
        assert "This link was used already, or is too old." in answer.content.decode()
    haneul.refresh_from_db()
    assert haneul.check_password(NEW)


def test_whoever_is_signed_in_there_is_signed_out(haneul: User) -> None:
    asked(Visitor(), "P-7001")
    (link,) = sent()
    family = Visitor(a_patron("P-7002", "Jo March", language="en").user)
    answer = chosen(family, link, NEW)
    assert "Please sign in with it." in answer.content.decode()
    assert where(answer) == "/sign-in"
    assert "Jo March" not in answer.content.decode()


def test_a_choice_that_is_sent_twice_at_once_is_said_to_be_done(haneul: User, monkeypatch: Any) -> None:
    asked(Visitor(), "P-7001")
    (link,) = sent()
    hasty = Visitor()

    def hashed_while_the_first_one_is_done(password: str) -> Any:
        monkeypatch.undo()
        assert "Your password is changed." in chosen(Visitor(), link, NEW).content.decode()
        return hash_password(password)

    monkeypatch.setattr("opac.pages.passwords.hash_password", hashed_while_the_first_one_is_done)
    answer = chosen(hasty, link, NEW)
    assert "Your password is changed." in answer.content.decode()
    assert where(answer) == "/sign-in"


def test_a_link_ends_after_an_hour_and_with_another_password_address_or_sign_in(haneul: User) -> None:
    def is_good() -> bool:
        return "new_password_again" in Visitor().get(link, follow=True).content.decode()

    for spoil in (
        {"email": "other@example.org"},
        {"password": "another"},
        {"last_login": timezone.now()},
        {"is_active": False},
    ):
        OutgoingMail.objects.all().delete()
        asked(Visitor(), "P-7001")
        (link,) = sent()
        assert is_good()
        with time_machine.travel(timezone.localtime() + timedelta(minutes=61)):
            assert not is_good()
        before = {name: getattr(haneul, name) for name in spoil}
        User.objects.filter(pk=haneul.pk).update(**spoil)
        if "is_active" in spoil:
            answer = chosen(Visitor(), link, NEW)
            assert "was used already" in answer.content.decode()
        else:
            assert not is_good(), spoil
        User.objects.filter(pk=haneul.pk).update(**before)


def test_another_persons_link_or_a_made_up_one_is_none(haneul: User) -> None:
    asked(Visitor(), "P-7001")
    (link,) = sent()
    jiwoo = a_patron("P-7002").id
    own, who, token = link.rpartition("/")[0], link.split("/")[3], link.split("/")[4]
    assert own.endswith(who)
    for made_up in (
        f"/password/reset/{jiwoo}/{token}",
        f"/password/reset/MjAw/{token}",
        f"/password/reset/{who}/abc-{'0' * 32}",
        f"/password/reset/{who}/set-password",
        "/password/reset/%00/x",
    ):
        assert "was used already" in Visitor().see(made_up)


def test_the_secret_leaves_the_address_at_once_and_is_not_cached_or_passed_on(haneul: User) -> None:
    asked(Visitor(), "P-7001")
    (link,) = sent()
    visitor = Visitor()
    first = visitor.get(link)
    assert first.status_code == 302
    token = link.rpartition("/")[2]
    assert first["Location"].endswith("/set-password")
    form = visitor.get(first["Location"])
    for answer in (first, form):
        assert token not in answer.content.decode()
        assert {"no-store", "private"} <= {one.strip() for one in answer["Cache-Control"].split(",")}
        assert answer["Referrer-Policy"] == "same-origin"
    assert "haneul@example.org" not in form.content.decode()


def test_sessions_tokens_and_the_lock_of_before_end(haneul: User) -> None:
    browser, caller = Visitor(haneul), Person(haneul)
    for _time in range(5):
        Visitor().sign_in("P-7001", "wrong")
    assert Visitor().sign_in("P-7001").status_code == 429
    asked(Visitor(), "P-7001")
    (link,) = sent()
    chosen(Visitor(), link, NEW)

    assert where(browser.get("/me", follow=True)).startswith("/sign-in")
    assert caller.get("me").status_code == 401
    assert not AuthToken.objects.exists()
    assert where(Visitor().sign_in("P-7001", NEW)) == "/me"
    sent()
    assert "바뀌었습니다" in mail.outbox[-1].subject


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("short", "short", "too short"),
        ("password", "password", "too common"),
        ("P-7001-1", "P-7001-1", "too similar to the card number"),
        (NEW, "another", "The two passwords are not the same."),
        ("가" * 129, "가" * 129, "at most 128 characters"),
    ],
)
def test_a_weak_password_is_refused_beside_the_field(haneul: User, password: str, again: str, sentence: str) -> None:
    asked(Visitor(), "P-7001")
    (link,) = sent()
    answer = chosen(Visitor(), link, password, again)
    page = answer.content.decode()
    assert sentence in page
    assert 'aria-invalid="true"' in page
    assert re.search(r'aria-describedby="[^"]*(id_new_password\w*_error)".*<p class="error" id="\1">', page, re.S)
    haneul.refresh_from_db()
    assert haneul.check_password(PASSWORD)


def test_nobody_learns_who_has_a_card(haneul: User) -> None:
    a_patron("P-7002", "박지우")  # without an address
    a_patron("P-7003", "이닫힘", email="closed@example.org", is_active=False)
    answers, statements = [], []
    asked(Visitor(), "P-1")  # what the process remembers of the library, it knows now
    for card in ("P-7001", "P-7002", "P-7003", "P-9999"):
        with CaptureQueriesContext(connection) as queries:
            answers.append(re.sub(r'csrfmiddlewaretoken" value="\w+"', "", asked(Visitor(), card).content.decode()))
        statements.append(len(queries))
    assert len({answer.partition("<main")[2] for answer in answers}) == 1
    assert len(set(statements)) == 1

    assert len(sent()) == 1
    assert [letter.to for letter in mail.outbox] == [["김하늘 <haneul@example.org>"]]


def test_a_card_is_sent_three_links_an_hour_and_no_answer_differs(haneul: User) -> None:
    for card in ("P-7001", "P-9999"):
        tried = []
        for minute in range(0, 10, 2):
            with time_machine.travel(timezone.now() + timedelta(minutes=minute)):
                tried.append(asked(Visitor(), card, REMOTE_ADDR=f"203.0.113.{minute}").status_code)
        assert tried == [200, 200, 200, 429, 429]
    with time_machine.travel(timezone.now() + timedelta(minutes=70)):
        assert asked(Visitor(), "P-7001").status_code == 200


def test_an_address_asks_for_twenty_an_hour_whichever_cards(haneul: User) -> None:
    tried = [asked(Visitor(), f"P-{number}").status_code for number in range(21)]
    assert tried == [200] * 20 + [429]
    assert "This was asked for too often." in asked(Visitor(), "P-7001").content.decode()
    assert asked(Visitor(), "P-7001", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_who_clicks_twice_gets_one_mail(haneul: User) -> None:
    for _time in range(2):
        asked(Visitor(), "P-7001")
    assert len(sent()) == 1
    asked(Visitor(), " p-7001 ")
    assert sent() == []


def test_a_forged_host_is_in_no_link(haneul: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    asked(Visitor(), "P-7001", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert len(sent()) == 1
    assert "evil" not in mail.outbox[0].body


def test_where_no_mail_is_sent_one_is_led_to_the_desk(haneul: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    page = asked(Visitor(), "P-7001").content.decode()
    assert "Please ask at the desk" in page
    assert "on its way" not in page
    assert not OutgoingMail.objects.exists()


def test_staff_get_links_too_and_programs_none() -> None:
    a_librarian("L-7001", roles=["desk"])
    User.objects.filter(card_number="L-7001").update(email="ada@example.org")
    User.objects.create_user("marketing", name="Marketing", email="m@example.org", is_program=True)
    for card in ("L-7001", "marketing"):
        asked(Visitor(), card)
    (link,) = sent()
    chosen(Visitor(), link, NEW)
    assert where(Visitor().sign_in("L-7001", NEW)) == "/admin/"
