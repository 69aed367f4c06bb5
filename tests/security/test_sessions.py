"""Sessions end: after a working day, when patrons go away, when they sign out; and their cookies are safe."""

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from tests.opac.visitor import Visitor
from tests.people import a_librarian, a_patron

pytestmark = pytest.mark.django_db


@pytest.fixture
def haneul(db: None) -> User:
    user = a_patron("P-7001", "김하늘", email="haneul@example.org").user
    assert user
    return user


@pytest.fixture
def ada(db: None) -> User:
    user = a_librarian("L-7001").user
    assert user
    return user


def is_signed_in(visitor: Visitor, page: str = "/me") -> bool:
    """Whether the page is shown."""
    return bool(visitor.get(page).status_code == 200)


def after(clock: Any, **time: float) -> None:
    """So much later."""
    clock.shift(timedelta(**time))


@pytest.fixture
def clock() -> Any:
    """A clock that stands still until it is moved."""
    with time_machine.travel(timezone.localtime(), tick=False) as clock:
        yield clock


def test_a_patron_who_went_away_is_signed_out_after_half_an_hour(haneul: User, clock: Any) -> None:
    visitor = Visitor(haneul)
    after(clock, minutes=31)
    assert not is_signed_in(visitor)


def test_a_patron_who_reads_on_stays(haneul: User, clock: Any) -> None:
    visitor = Visitor(haneul)
    for _time in range(6):
        after(clock, minutes=24)
        assert is_signed_in(visitor)
    assert Session.objects.count() == 1


def test_looking_again_within_minutes_writes_nothing(haneul: User, clock: Any) -> None:
    visitor = Visitor(haneul)
    before = Session.objects.get().session_data
    after(clock, minutes=4)
    visitor.see("/me")
    assert Session.objects.get().session_data == before
    after(clock, minutes=2)
    visitor.see("/me")
    assert Session.objects.get().session_data != before


def test_everybody_signs_in_again_after_a_working_day_whatever_was_done(haneul: User, ada: User, clock: Any) -> None:
    patron, librarian = Visitor(haneul), Visitor(ada)
    for _time in range(35):
        after(clock, minutes=20)
        assert is_signed_in(patron)
        for visitor in (patron, librarian):  # as pages do that keep something in it
            session = visitor.session
            session["kept"] = str(clock)
            session.save()
    assert is_signed_in(librarian, "/admin/")
    after(clock, minutes=21)
    assert not is_signed_in(patron)
    assert not is_signed_in(librarian, "/admin/")


def test_the_desk_is_not_signed_out_by_a_quiet_hour(ada: User, clock: Any) -> None:
    librarian = Visitor(ada)
    after(clock, hours=3)
    assert is_signed_in(librarian, "/admin/")


def test_a_session_of_before_is_no_use_after_signing_in_or_out(haneul: User) -> None:
    visitor = Visitor()
    visitor.sign_in("P-7001", "wrong")
    visitor.session["planted"] = "yes"
    visitor.session.save()
    before = visitor.session.session_key
    visitor.sign_in("P-7001")
    own = visitor.cookies["sessionid"].value
    assert own != before
    visitor.send("/sign-out")
    assert not Session.objects.filter(session_key__in=[own]).exists()
    visitor.cookies["sessionid"] = own
    assert not is_signed_in(visitor)


def test_a_session_ends_with_the_card(haneul: User) -> None:
    visitor = Visitor(haneul)
    User.objects.filter(pk=haneul.pk).update(is_active=False)
    assert not is_signed_in(visitor)


def test_the_cookie_ends_with_the_browser_and_is_for_no_script_and_no_other_site(haneul: User) -> None:
    cookie = Visitor(haneul).cookies["sessionid"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert len(cookie.value) == 32


@pytest.mark.once
def test_where_it_is_served_for_real_cookies_are_for_this_host_and_for_https_only() -> None:
    names = ["SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_NAME"]
    names.append("CSRF_COOKIE_SECURE")
    read = f"{{name: getattr(settings, name, None) for name in {names}}}"
    program = f"import json; from library import settings; print(json.dumps({read}))"
    environment = {"DEBUG": "0", "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "library.example.org", "PATH": ""}
    printed = subprocess.run(
        [sys.executable, "-c", program], cwd=django_settings.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert json.loads(printed.stdout) == {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_DOMAIN": None,
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "CSRF_COOKIE_SECURE": True,
    }, printed.stderr
