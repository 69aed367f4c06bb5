"""The own card on the site: details and password, each changed on its page with the reason where it was not."""

import re
from typing import Any

import pytest

from accounts.models import User
from tests.api.test_me import NEW
from tests.opac.visitor import Visitor
from tests.people import PASSWORD, Person, a_patron

pytestmark = pytest.mark.django_db


@pytest.fixture
def haneul(db: None) -> User:
    user = a_patron("P-7001", "김하늘", email="haneul@example.org", language="en").user
    assert user
    return user


def changed(visitor: Visitor, **fields: Any) -> str:
    """The page behind changing the password."""
    wanted = {"old_password": PASSWORD, "new_password": NEW, "new_password_again": NEW, **fields}
    return visitor.send("/me/profile/password", **wanted)


def test_a_patron_sees_the_own_card_and_nobody_elses(haneul: User) -> None:
    a_patron("P-7002", "박지우", email="jiwoo@example.org")
    page = Visitor(haneul).see("/me/profile")
    assert all(fact in page for fact in ("김하늘", "P-7001", "haneul@example.org"))
    assert "jiwoo" not in page
    assert Visitor().get("/me/profile", follow=True).redirect_chain[-1][0] == "/sign-in?next=/me/profile"


def test_the_language_is_changed_and_the_page_speaks_it_at_once(haneul: User) -> None:
    page = Visitor(haneul).send("/me/profile", email="haneul@example.org", language="ko")
    assert "정보를 저장했습니다." in page
    assert '<html lang="ko">' in page
    haneul.refresh_from_db()
    assert haneul.language == "ko"


def test_another_email_takes_the_password(haneul: User) -> None:
    visitor, wanted = Visitor(haneul), {"email": "new@example.org", "language": "en"}
    for wrong, sentence in (("", "Please type your password"), ("wrong", "This is not your password.")):
        page = visitor.send("/me/profile", **wanted, own_password=wrong)
        assert sentence in page
        assert 'id="id_own_password_error"' in page
        assert 'value="new@example.org"' in page
        haneul.refresh_from_db()
        assert haneul.email == "haneul@example.org"
    assert "Your details are saved." in visitor.send("/me/profile", **wanted, own_password=PASSWORD)
    haneul.refresh_from_db()
    assert haneul.email == "new@example.org"


@pytest.mark.parametrize(("field", "typed"), [("email", "nowhere"), ("language", "fr")])
def test_a_fault_stands_beside_its_field(haneul: User, field: str, typed: str) -> None:
    page = Visitor(haneul).send("/me/profile", **{"email": "haneul@example.org", "language": "en", field: typed})
    assert f'id="id_{field}_error"' in page
    assert re.search(rf'name="{field}"[^>]*aria-describedby="[^"]*id_{field}_error', page)


def test_only_email_and_language_are_ones_own_to_change(haneul: User) -> None:
    more = {"name": "왕", "card_number": "P-1", "is_staff": "on", "is_superuser": "on", "is_active": ""}
    Visitor(haneul).send("/me/profile", email="haneul@example.org", language="en", **more)
    haneul.refresh_from_db()
    assert (haneul.name, haneul.card_number, haneul.is_staff, haneul.is_active) == ("김하늘", "P-7001", False, True)


def test_the_password_is_changed_and_only_this_browser_stays(haneul: User) -> None:
    visitor, other, caller = Visitor(haneul), Visitor(haneul), Person(haneul)
    before = visitor.cookies["sessionid"].value
    assert "Your password is changed." in changed(visitor)

    assert visitor.cookies["sessionid"].value != before
    assert "김하늘" in visitor.see("/me/profile")
    assert other.get("/me/profile").status_code == 302
    assert caller.get("me").status_code == 401
    assert Visitor().sign_in("P-7001", NEW).redirect_chain[-1][0] == "/me"


def test_a_change_that_is_sent_twice_is_said_to_be_done(haneul: User) -> None:
    visitor = Visitor(haneul)
    assert "Your password is changed." in changed(visitor)
    assert "Your password is changed." in changed(visitor)
    assert "김하늘" in visitor.see("/me/profile")
    assert "This is not your password." in changed(
        visitor, new_password="another-1988", new_password_again="another-1988"
    )


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("old_password", "wrong", "This is not your password."),
        ("old_password", "", "This field is required."),
        ("new_password", "short", "too short"),
        ("new_password", "haneul@example.org", "too similar to the email"),
        ("new_password_again", "another", "The two passwords are not the same."),
    ],
)
def test_a_password_that_can_not_be_changed_says_why_beside_the_field(
    haneul: User, field: str, typed: str, sentence: str
) -> None:
    page = changed(Visitor(haneul), **{field: typed})
    assert sentence in page.partition(f'id="id_{field}_error"')[2][:200]
    assert PASSWORD not in page
    assert NEW not in page
    haneul.refresh_from_db()
    assert haneul.check_password(PASSWORD)


def test_wrong_passwords_lock_the_card_here_too(haneul: User) -> None:
    visitor = Visitor(haneul)
    for _time in range(4):
        assert "This is not your password." in changed(visitor, old_password="wrong")
    assert "Too many wrong passwords" in changed(visitor, old_password="wrong")
    assert "Too many wrong passwords" in changed(visitor)
    assert Visitor().sign_in("P-7001").status_code == 429
    haneul.refresh_from_db()
    assert haneul.check_password(PASSWORD)


def test_a_form_of_an_ended_session_leads_back_without_a_dead_end(haneul: User) -> None:
    answer = Visitor().post("/me/profile/password", {"old_password": PASSWORD}, follow=True)
    assert "You were signed out meanwhile" in answer.content.decode()
    page = Visitor().sign_in("P-7001", page="/me/profile/password")
    assert page.redirect_chain[-1] == ("/me/profile", 302)
    haneul.refresh_from_db()
    assert haneul.check_password(PASSWORD)


def test_password_fields_are_masked_and_filled_in_by_password_managers(haneul: User) -> None:
    page = Visitor(haneul).see("/me/profile")
    fields = re.findall(r'<input type="(\w+)" name="(\w*password\w*)"[^>]*autocomplete="([\w-]+)"', page)
    assert {name: (kind, filled) for kind, name, filled in fields} == {
        "own_password": ("password", "current-password"),
        "old_password": ("password", "current-password"),
        "new_password": ("password", "new-password"),
        "new_password_again": ("password", "new-password"),
    }


@pytest.mark.parametrize(("said", "kept"), [("no", False), ("yes", True), ("", None)])
def test_how_long_the_history_is_kept_is_ones_own_choice(haneul: User, said: str, kept: bool | None) -> None:
    visitor = Visitor(haneul)
    assert "is kept for 365 days" in visitor.see("/me/profile")
    assert "Your details are saved." in visitor.send("/me/profile/history", keep_history=said)
    haneul.refresh_from_db()
    assert haneul.keep_history is kept
    assert f'value="{said}" id="id_keep_history_{["", "yes", "no"].index(said)}" checked' in visitor.see("/me/profile")
    assert 'class="error"' in visitor.send("/me/profile/history", keep_history="perhaps")
