"""Signing in at the patrons' site and at the staff side: each is led to the own one."""

import pytest
from django.test import Client

from accounts.models import User
from opac.models import LibraryPage
from tests.opac.visitor import Visitor
from tests.people import PASSWORD, a_librarian, a_patron

pytestmark = pytest.mark.django_db


@pytest.fixture
def haneul() -> User:
    user = a_patron("P-7001", "김하늘").user
    assert user
    return user


def where(answer: object) -> str:
    """The last address that redirects led to."""
    return str(answer.redirect_chain[-1][0])  # type: ignore[attr-defined]


def test_a_patron_signs_in_and_sees_the_own_page_in_the_own_language(haneul: User) -> None:
    visitor = Visitor()
    answer = visitor.sign_in("p-7001")
    assert where(answer) == "/me"
    assert "김하늘" in answer.content.decode()
    assert 'lang="ko"' in answer.content.decode()
    assert "로그아웃했습니다." in visitor.send("/sign-out")
    assert where(visitor.get("/me", follow=True)) == "/sign-in?next=/me"


def test_a_wrong_password_says_so_beside_the_form_and_the_sixth_is_asked_to_wait(haneul: User) -> None:
    visitor = Visitor()
    for _time in range(4):
        answer = visitor.sign_in("P-7001", "wrong")
        assert "The card number or the password is wrong." in answer.content.decode()
    visitor.sign_in("P-7001", "wrong")
    answer = visitor.sign_in("P-7001")
    assert answer.status_code == 429
    assert "Too many wrong passwords" in answer.content.decode()
    assert 'href="/me"' not in answer.content.decode()
    assert 'class="top"' in answer.content.decode()


def test_a_page_that_wanted_the_sign_in_is_led_back_to_and_no_other_host(haneul: User) -> None:
    assert where(Visitor().sign_in("P-7001", page="/me?from=mail")) == "/me?from=mail"
    assert where(Visitor().sign_in("P-7001", page="https://elsewhere.example/")) == "/me"


def test_staff_who_sign_in_here_are_led_to_their_side(db: None) -> None:
    a_librarian("L-7001")
    assert where(Visitor().sign_in("L-7001")) == "/admin/"
    assert where(Visitor().sign_in("L-7001", page="/me")) == "/me"


def test_a_patron_who_signs_in_at_the_staff_side_is_led_to_the_own_page(haneul: User) -> None:
    browser = Client()
    form = {"username": "P-7001", "password": PASSWORD, "next": "/admin/"}
    assert where(browser.post("/admin/login/", form, follow=True)) == "/me"
    assert where(browser.get("/admin/", follow=True)) == "/me"


def test_a_closed_card_and_a_program_stay_outside(haneul: User) -> None:
    User.objects.filter(pk=haneul.pk).update(is_active=False)
    for door in ("/sign-in", "/admin/login/"):
        known, guessed = ({"username": "P-7001", "password": password} for password in (PASSWORD, "guess"))
        assert "This card is closed." in Visitor().send(door, **known)
        page = Visitor().send(door, **guessed)
        assert "closed" not in page
        assert "wrong" in page or "correct" in page


def test_a_form_that_is_sent_after_the_session_has_ended_is_said_not_to_be_done(haneul: User) -> None:
    answer = Visitor().post("/me", follow=True)
    assert where(answer) == "/sign-in?next=/me"
    assert "You were signed out meanwhile" in answer.content.decode()


def test_the_library_speaks_of_itself_in_both_languages(db: None) -> None:
    words = {"name_ko": "솔숲도서관", "name_en": "Pine Library", "welcome_en": "Come in.\nSit down."}
    LibraryPage.objects.create(pk=1, **words)
    english, korean = Visitor().see("/"), Visitor(language="ko").see("/")
    assert "Pine Library" in english
    assert "Come in.<br>Sit down." in english
    assert "솔숲도서관" in korean
    assert "Come in." in korean


def test_what_leads_nowhere_says_so_on_the_site_and_leads_home(db: None) -> None:
    answer = Visitor().get("/nothing", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.content.decode()
    assert 'href="/"' in answer.content.decode()
    assert "/admin/jsi18n" not in answer.content.decode()
