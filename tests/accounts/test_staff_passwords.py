"""A member of staff changes the own password on the staff side: as at every other door."""

import pytest
from django.core import mail
from django.urls import reverse
from knox.models import AuthToken

from accounts.mail.tasks import send_mails
from accounts.models import User
from tests.admin.door import Door, a_librarian
from tests.people import PASSWORD, Person

pytestmark = pytest.mark.django_db

NEW = "떡볶이-순대-튀김-1987"


@pytest.fixture
def ada() -> Door:
    """A librarian with an address, signed in."""
    ada = a_librarian()
    User.objects.filter(pk=ada.user.pk).update(email="ada@example.org")
    return ada


def changed(ada: Door, old: str = PASSWORD) -> str:
    """The page behind a change of the password."""
    return ada.send("password_change", old_password=old, new_password1=NEW, new_password2=NEW)


def test_tokens_and_other_browsers_end_and_a_mail_says_so(ada: Door) -> None:
    program, browser = Person(ada.user), Door(ada.user)
    assert program.get("me").status_code == 200
    assert "Your password was changed." in changed(ada)
    assert program.get("me").status_code == 401
    assert not AuthToken.objects.exists()
    assert browser.get(reverse("admin:index")).status_code == 302
    assert ada.get(reverse("admin:index")).status_code == 200
    send_mails()
    assert [letter.to for letter in mail.outbox] == [["Ada Shelf <ada@example.org>"]]
    assert User.objects.get(pk=ada.user.pk).check_password(NEW)


def test_guesses_of_the_old_password_are_counted(ada: Door) -> None:
    assert "entered incorrectly" in changed(ada, "guess")
    for guess in range(4):
        page = changed(ada, f"guess {guess}")
    assert "Too many wrong passwords" in page
    assert "Too many wrong passwords" in changed(ada)
    assert User.objects.get(pk=ada.user.pk).check_password(PASSWORD)
