"""What people change of their own card through the API: details and password."""

from typing import Any

import pytest
from django.core import mail

from accounts.mail.tasks import send_mails
from accounts.models import User
from kernel.eventbus.models import Event
from kernel.http.models import KeptAnswer
from tests.api.answers import ONE_PERSON, done, refused
from tests.people import PASSWORD, Person

pytestmark = pytest.mark.django_db

NEW = "떡볶이-순대-튀김-1987"


def in_a_browser(person: Person) -> Person:
    """The same person, signed in by a session."""
    browser = Person()
    assert person.user
    browser.force_login(User.objects.get(pk=person.id), backend="accounts.passwords.backends.CurrentCards")
    return browser


def test_people_change_their_email_and_language(haneul: Person) -> None:
    card = done(haneul.patch("me", {"email": "haneul@example.org", "language": "en"}))

    assert card.keys() == ONE_PERSON
    assert (card["email"], card["language"], card["name"]) == ("haneul@example.org", "en", "김하늘")
    assert done(haneul.patch("me", {"email": ""}))["email"] == ""
    assert done(haneul.patch("me", {}))["language"] == "en"
    assert done(haneul.get("me"))["language"] == "en"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nowhere"),
        ("email", "a@example.org\r\nBcc: b@example.org"),
        ("email", 5),
        ("language", "fr"),
        ("language", ""),
        ("name", "왕"),
        ("card_number", "P-1"),
        ("password", NEW),
        ("is_staff", True),
        ("phone", "call me"),
        ("keep_history", "maybe"),
        ("notes", "a friend of the house"),
        ("expires_on", "2099-01-01"),
    ],
)
def test_nothing_else_is_theirs_to_change(haneul: Person, field: str, value: Any) -> None:
    refused(haneul.patch("me", {field: value}), 400, "invalid", field)

    assert done(haneul.get("me"))["name"] == "김하늘"


def test_telephone_and_history_are_ones_own_to_change(haneul: Person) -> None:
    done(haneul.patch("me", {"phone": "+82 10-1234-5678", "keep_history": False}))

    person = User.objects.get(pk=haneul.id)
    assert (person.phone, person.keep_history) == ("010-1234-5678", False)
    assert Event.objects.filter(name="PatronRevised", key=f"patron:{haneul.id}").count() == 1


def test_who_gave_up_an_address_is_told_there(jiwoo: Person) -> None:
    done(jiwoo.patch("me", {"email": "other@example.org"}))
    send_mails()

    (letter,) = mail.outbox
    assert letter.to == ["박지우 <jiwoo@example.org>"]
    assert "P-7002" in letter.body
    done(jiwoo.patch("me", {"email": "other@example.org"}))
    send_mails()
    assert len(mail.outbox) == 1


def test_a_new_password_is_the_one_that_counts(haneul: Person, nobody: Person) -> None:
    assert done(haneul.post("me/password", {"old": PASSWORD, "new": NEW}), 204) is None

    refused(nobody.post("auth/login", {"card_number": "P-7001", "password": PASSWORD}), 401, "wrong_credentials")
    assert done(nobody.post("auth/login", {"card_number": "P-7001", "password": NEW}))["token"]


def test_other_tokens_and_other_browsers_end_and_this_one_goes_on(haneul: Person) -> None:
    other_device, browser = Person(haneul.user), in_a_browser(haneul)
    done(haneul.post("me/password", {"old": PASSWORD, "new": NEW}), 204)

    assert done(haneul.get("me"))
    refused(other_device.get("me"), 401, "authentication_failed")
    refused(browser.get("me"), 401, "not_authenticated")


def test_a_browsers_own_session_goes_on_under_another_key(haneul: Person) -> None:
    browser, other_browser = in_a_browser(haneul), in_a_browser(haneul)
    before = browser.cookies["sessionid"].value
    done(browser.post("me/password", {"old": PASSWORD, "new": NEW}), 204)

    assert browser.cookies["sessionid"].value != before
    assert done(browser.get("me"))["card_number"] == "P-7001"
    refused(other_browser.get("me"), 401, "not_authenticated")
    refused(haneul.get("me"), 401, "authentication_failed")
    browser.cookies["sessionid"] = before
    refused(browser.get("me"), 401, "not_authenticated")


def test_a_wrong_old_password_changes_nothing(haneul: Person) -> None:
    other_device = Person(haneul.user)
    refused(haneul.post("me/password", {"old": "wrong", "new": NEW}), 400, "invalid", "old")

    assert User.objects.get(pk=haneul.id).check_password(PASSWORD)
    assert done(other_device.get("me"))


@pytest.mark.parametrize(
    "weak",
    [
        *("short", "password", "12345678", "P-7001-1", "김하늘김하늘", "Library-2026!", "도서관도서관1234", "가" * 129),
        *("", None, 12345678, ["a"]),
    ],
)
def test_a_weak_new_password_is_refused(haneul: Person, weak: Any) -> None:
    User.objects.filter(pk=haneul.id).update(name="김하늘김하늘")
    refused(haneul.post("me/password", {"old": PASSWORD, "new": weak}), 400, "invalid", "new")

    assert User.objects.get(pk=haneul.id).check_password(PASSWORD)


@pytest.mark.parametrize(
    "good",
    [
        *("a" * 64 + "b" * 64, "  spaces at both ends  ", "correct horse battery", "비밀번호는길게오늘"),
        *("🐈" * 8, "83920183749202", "the library is by the pine wood"),
    ],
)
def test_a_password_is_of_any_characters_and_counts_as_it_was_typed(haneul: Person, nobody: Person, good: str) -> None:
    done(haneul.post("me/password", {"old": PASSWORD, "new": good}), 204)

    assert done(nobody.post("auth/login", {"card_number": "P-7001", "password": good}))["token"]
    answer = nobody.post("auth/login", {"card_number": "P-7001", "password": f"{good[:-1]}x"})
    refused(answer, 401, "wrong_credentials")


def test_wrong_old_passwords_count_as_wrong_sign_ins(haneul: Person, nobody: Person) -> None:
    wrong = {"old": "wrong", "new": NEW}
    answers = [haneul.post("me/password", wrong) for _time in range(5)]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 400, 429]
    refused(answers[-1], 429, "locked_out")
    assert int(answers[-1]["Retry-After"]) > 0
    refused(haneul.post("me/password", {"old": PASSWORD, "new": NEW}), 429, "locked_out")
    refused(nobody.post("auth/login", {"card_number": "P-7001", "password": PASSWORD}), 429, "locked_out")
    assert done(haneul.get("me"))


def test_what_is_kept_under_a_key_does_not_let_the_password_be_guessed(haneul: Person, settings: Any) -> None:
    body, key = {"old": PASSWORD, "new": NEW}, {"Idempotency-Key": "once"}
    done(haneul.post("me/password", body, headers=key), 204)
    kept = KeptAnswer.objects.get()
    KeptAnswer.objects.all().delete()
    settings.SECRET_KEY = "another"
    haneul.post("me/password", body, headers=key)

    assert KeptAnswer.objects.get().fingerprint != kept.fingerprint
    assert NEW not in str(vars(kept))


def test_the_holder_is_told_of_a_new_password(jiwoo: Person, ada: Person) -> None:
    done(jiwoo.post("me/password", {"old": PASSWORD, "new": NEW}), 204)
    send_mails()
    done(ada.patch(f"patrons/{jiwoo.id}", {"password": PASSWORD}))
    send_mails()

    assert [letter.to for letter in mail.outbox] == [["박지우 <jiwoo@example.org>"]] * 2
    assert all("P-7002" in letter.body and PASSWORD not in letter.body for letter in mail.outbox)
