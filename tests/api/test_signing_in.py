"""Tokens, the browser's session, and who is let in."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from knox.models import AuthToken
from rest_framework.test import APIRequestFactory

from accounts.models import User
from kernel.http import authentication
from tests.api.answers import done, refused
from tests.people import PASSWORD, Person

pytestmark = pytest.mark.django_db


def asking(person: Person) -> Any:
    """A request of somebody who has signed in."""
    return APIRequestFactory().get("/", headers={"Authorization": person.authorization})


def credentials(card_number: str = "P-7001", password: str = PASSWORD) -> dict[str, str]:
    return {"card_number": card_number, "password": password}


def test_the_right_password_gives_a_token_that_expires(haneul: Person, nobody: Person) -> None:
    answer = done(nobody.post("auth/login", credentials()))

    assert answer.keys() == {"token", "expires_at"}
    expires_at = parse_datetime(answer["expires_at"])
    assert expires_at
    assert timedelta(hours=9) < expires_at - timezone.now() < timedelta(hours=11)
    nobody.credentials(HTTP_AUTHORIZATION=f"Token {answer['token']}")
    assert done(nobody.get("me"))["card_number"] == "P-7001"


def test_a_token_is_no_session(haneul: Person, nobody: Person) -> None:
    before = Session.objects.count()
    answers = [nobody.post("auth/login", credentials()), nobody.post("auth/login", credentials(password="wrong"))]

    assert [answer.status_code for answer in answers] == [200, 401]
    assert not any(answer.cookies for answer in answers)
    assert (Session.objects.count(), before) == (0, 0)
    assert AccessLog.objects.filter(username="P-7001").exists()


def test_a_browsers_session_outlives_its_sign_in_by_token(haneul: Person) -> None:
    browser = Person()
    browser.force_login(User.objects.get(pk=haneul.id), backend="accounts.passwords.backends.CurrentCards")
    done(browser.post("auth/login", credentials()))

    assert done(browser.get("me"))["id"] == haneul.id


def test_tokens_are_stored_hashed(haneul: Person, nobody: Person) -> None:
    token = done(nobody.post("auth/login", credentials()))["token"]

    stored = [str(value) for row in AuthToken.objects.values_list() for value in row]
    assert stored
    assert not any(token in value for value in stored)


@pytest.mark.parametrize("wrong", [credentials(password="wrong"), credentials(card_number="P-9999")])
def test_wrong_credentials_are_401(haneul: Person, nobody: Person, wrong: dict[str, str]) -> None:
    answer = nobody.post("auth/login", wrong)

    refused(answer, 401, "wrong_credentials")
    assert answer["WWW-Authenticate"] == "Token"


def test_a_card_that_was_closed_does_not_get_in(haneul: Person, nobody: Person) -> None:
    User.objects.filter(pk=haneul.id).update(is_active=False)

    refused(nobody.post("auth/login", credentials()), 401, "wrong_credentials")
    refused(haneul.get("me"), 401, "authentication_failed")


def test_repeated_wrong_passwords_lock_that_card_and_no_other(haneul: Person, jiwoo: Person, nobody: Person) -> None:
    answers = [nobody.post("auth/login", credentials(password=f"wrong {number}")) for number in range(5)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 429]
    locked = nobody.post("auth/login", credentials())
    for answer in (answers[-1], locked):
        refused(answer, 429, "locked_out")
        assert answer.json()["detail"].endswith(".")
        assert 0 < int(answer["Retry-After"]) <= 15 * 60
    assert done(nobody.post("auth/login", credentials("P-7002")))["token"]
    assert done(haneul.get("me"))


def test_a_locked_card_opens_again_after_a_while(haneul: Person, nobody: Person) -> None:
    for number in range(6):
        nobody.post("auth/login", credentials(password=f"wrong {number}"))

    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert done(nobody.post("auth/login", credentials()))["token"]


def test_a_right_password_forgives_the_wrong_ones_before_it(haneul: Person, nobody: Person) -> None:
    for _round in range(3):
        for number in range(4):
            refused(nobody.post("auth/login", credentials(password=f"wrong {number}")), 401, "wrong_credentials")
        assert done(nobody.post("auth/login", credentials()))["token"]


def test_a_token_ends_when_it_expires(haneul: Person) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=11)):
        answer = haneul.get("me")

    refused(answer, 401, "authentication_failed")
    assert answer["WWW-Authenticate"] == "Token"


def test_signing_out_ends_the_token_and_no_other(haneul: Person) -> None:
    other_device = Person(haneul.user)

    assert done(haneul.post("auth/logout"), 204) is None
    refused(haneul.get("me"), 401, "authentication_failed")
    assert done(other_device.get("me"))


def test_a_new_password_ends_the_tokens(haneul: Person, ada: Person) -> None:
    done(ada.patch(f"patrons/{haneul.id}", {"password": "떡볶이-순대-튀김-1987"}))

    refused(haneul.get("me"), 401, "authentication_failed")


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token 0123456789abcdef", "Token \u00e9\u00fc", "Token ' OR 1=1"]
)
def test_a_token_that_nobody_has_is_401(nobody: Person, header: str) -> None:
    refused(nobody.get("me", headers={"Authorization": header}), 401, "authentication_failed")
    refused(nobody.get("books", headers={"Authorization": header}), 401, "authentication_failed")


def test_the_browsers_session_works_with_a_csrf_token(haneul: Person) -> None:
    browser = Person()
    browser.handler.enforce_csrf_checks = True
    assert haneul.user
    browser.force_login(haneul.user, backend="accounts.passwords.backends.CurrentCards")

    assert done(browser.get("me"))["card_number"] == "P-7001"
    refused(browser.post("auth/logout"), 403, "permission_denied")
    browser.get("/me")
    token = browser.cookies["csrftoken"].value
    done(browser.post("auth/logout", headers={"X-CSRFToken": token}), 204)
    refused(browser.get("me"), 401, "not_authenticated")


def test_whoever_has_not_signed_in_is_401(nobody: Person) -> None:
    for path in ("me", "loans", "fines", "dashboard", "patrons", "events", "books/1/copies", "loans/1", "fines/1"):
        answer = nobody.get(path)
        refused(answer, 401, "not_authenticated")
        assert answer["WWW-Authenticate"] == "Token"
    for path in ("loans", "books", "patrons", "returns", "auth/logout", "fines/1/payments", "loans/1/return"):
        refused(nobody.post(path, {}), 401, "not_authenticated")


def test_a_patron_may_not_do_a_librarians_work(haneul: Person) -> None:
    for path in ("patrons", "patrons/1", "events", "books/1/copies"):
        refused(haneul.get(path), 403, "permission_denied")
    for path in ("patrons", "books", "books/1/copies", "returns", "fines/1/payments", "fines/1/waive"):
        refused(haneul.post(path, {}), 403, "permission_denied")
    refused(haneul.patch("books/1", {}), 403, "permission_denied")
    refused(haneul.patch(f"patrons/{haneul.id}", {"name": "왕"}), 403, "permission_denied")
    for path in ("books/1", "copies/1"):
        refused(haneul.delete(path), 403, "permission_denied")


def test_what_changes_about_a_caller_is_seen_by_the_next_call(haneul: Person) -> None:
    for name in ("Jane", "Fanny", "Jane"):
        User.objects.filter(pk=haneul.id).update(name=name)
        assert done(haneul.get("me"))["name"] == name
    AuthToken.objects.filter(user=haneul.id).delete()
    assert refused(haneul.get("me"), 401, "authentication_failed")


def test_what_a_call_makes_of_its_caller_is_not_the_next_callers(haneul: Person) -> None:
    first, second = (authentication.TokenAuthentication().authenticate(asking(haneul))[0] for _ in range(2))
    first.name, first._state.db = "somebody else", "elsewhere"

    assert (second.name, second._state.db) == (haneul.user.name, "default")
    assert not second._state.adding
    assert first == second
