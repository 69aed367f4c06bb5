"""Whoever tries passwords is held off, at both doors, and nobody learns which cards there are."""

from typing import Any

import pytest
from django.contrib.auth import hashers
from django.test import RequestFactory
from django.urls import reverse

from accounts import hashing
from accounts.passwords import lockout
from kernel.http.client_address import address_of
from tests.admin.door import Door
from tests.api.answers import done, refused
from tests.people import PASSWORD, Person

ELSEWHERE = "203.0.113.{}"


def api(card: str, password: str, address: str) -> int:
    """Signs in through the API; the status."""
    answer = Person().post("auth/login", {"card_number": card, "password": password}, REMOTE_ADDR=address)
    return int(answer.status_code)


def admin(card: str, password: str, address: str) -> int:
    """Signs in at the admin's page; the status, 401 for the page that says it was wrong."""
    fields = {"username": card, "password": password, "next": "/admin/"}
    status = int(Door().post(reverse("admin:login"), fields, REMOTE_ADDR=address).status_code)
    return 401 if status == 200 else status


@pytest.fixture
def _smaller_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of the tries: each of them takes its time."""
    monkeypatch.setattr(lockout, "TIMES", {("username", "ip_address"): 1, ("username",): 2, ("ip_address",): 4})


DOORS = pytest.mark.parametrize("door", [api, admin])


@pytest.mark.usefixtures("_smaller_limits")
@pytest.mark.django_db
@DOORS
def test_one_password_on_many_cards_locks_the_address(haneul: Person, ada: Person, door: Any) -> None:
    tried = [door(f"P-{number}", "library2026", ELSEWHERE.format(1)) for number in range(20)]

    assert tried == [401] * 19 + [429]
    assert door("L-7001", PASSWORD, ELSEWHERE.format(1)) == 429
    assert door("L-7001", PASSWORD, ELSEWHERE.format(2)) in {200, 302}


@pytest.mark.usefixtures("_smaller_limits")
@pytest.mark.django_db
@DOORS
def test_one_card_from_many_addresses_is_locked(haneul: Person, ada: Person, door: Any) -> None:
    tried = [door("L-7001", f"wrong {number}", ELSEWHERE.format(number)) for number in range(10)]

    assert tried == [401] * 9 + [429]
    assert door("L-7001", PASSWORD, ELSEWHERE.format(200)) == 429
    assert api("P-7001", PASSWORD, ELSEWHERE.format(0)) == 200


@pytest.mark.django_db
def test_a_reading_room_may_slip(haneul: Person, jiwoo: Person) -> None:
    for number in range(20):
        assert api(f"P-{number}", "slip", ELSEWHERE.format(1)) == 401
    assert api("P-7001", PASSWORD, ELSEWHERE.format(1)) == 200


@pytest.mark.usefixtures("_smaller_limits")
@pytest.mark.django_db
def test_a_card_of_ones_own_does_not_buy_more_tries(haneul: Person) -> None:
    for number in range(19):
        api(f"P-{number}", "library2026", ELSEWHERE.format(1))
    assert api("P-7001", PASSWORD, ELSEWHERE.format(1)) == 200
    assert api("P-0099", "library2026", ELSEWHERE.format(1)) == 429


@pytest.mark.usefixtures("_smaller_limits")
@pytest.mark.django_db
def test_knocking_at_a_locked_door_does_not_keep_it_locked(haneul: Person, ada: Person) -> None:
    for number in range(5):
        admin("L-7001", f"wrong {number}", ELSEWHERE.format(1))
    for _ in range(20):
        admin("L-7001", "wrong", ELSEWHERE.format(1))
    assert api("P-7001", PASSWORD, ELSEWHERE.format(1)) == 200


@pytest.mark.django_db
@pytest.mark.parametrize("door", [api, admin])
def test_a_card_that_does_not_exist_takes_the_same_work(
    haneul: Person, door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[str] = []
    plain = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher,
        "encode",
        lambda self, password, salt: worked.append(password) or plain(self, password, salt),
    )
    for card in ("P-7001", "P-9999"):
        assert door(card, "wrong", ELSEWHERE.format(1)) == 401
    assert len(worked) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "counted"), [(0, False), (1, True)])
def test_the_address_is_not_for_the_caller_to_choose(
    haneul: Person, settings: Any, proxies: int, counted: bool
) -> None:
    settings.TRUSTED_PROXIES = proxies
    for number in range(5):
        headers = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}
        status = (
            Person().post("auth/login", {"card_number": "P-7001", "password": "wrong"}, headers=headers).status_code
        )
    assert status == 429
    other = {"X-Forwarded-For": "203.0.113.9, 203.0.113.10"}
    answer = Person().post("auth/login", {"card_number": "P-7001", "password": PASSWORD}, headers=other)
    assert answer.status_code == (200 if counted else 429)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (1, "", "127.0.0.1"),
        (1, "1.1.1.1, <script>", "127.0.0.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_who_calls_is_told_by_our_own_proxies(settings: Any, proxies: int, forwarded: str, address: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert address_of(RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})) == address


@pytest.fixture
def _slow_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["accounts.hashing.FewAtOnce"]
    hashers.get_hashers.cache_clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("_slow_passwords")
def test_where_too_many_sign_in_at_once_the_rest_is_asked_to_wait(
    haneul: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "TIMEOUT", 0.01)
    with hashing._slot(), hashing._slot():
        answer = Person().post("auth/login", {"card_number": "P-7001", "password": PASSWORD})
        page = Door().sign_in("P-7001")
    refused(answer, 503, "please_wait")
    assert answer["Retry-After"]
    assert (page.status_code, page["Retry-After"]) == (503, "2")
    assert PASSWORD not in page.content.decode()
    assert done(Person().post("auth/login", {"card_number": "P-7001", "password": PASSWORD}))["token"]
