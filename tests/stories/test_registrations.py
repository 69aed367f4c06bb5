"""Several people get their cards at the same moment: nobody holds up the others while a password is hashed."""

from typing import Any, ClassVar

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection

from accounts.models import User
from tests.admin.door import a_librarian as a_librarian_at_the_admin
from tests.people import a_librarian

pytestmark = pytest.mark.django_db(transaction=True)
CARD = {"card_number": "P-7001", "name": "박완서", "email": "", "password": "a long enough phrase"}


class Watched(PBKDF2PasswordHasher):
    """A quick hasher that notes whether a transaction was open."""

    iterations = 1
    in_transaction: ClassVar[list[bool]] = []

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """As Django's."""
        self.in_transaction.append(connection.in_atomic_block)
        return super().encode(password, salt, iterations)


@pytest.fixture
def hashed(settings: Any) -> list[bool]:
    """Whether a transaction was open, for each password that was hashed."""
    settings.PASSWORD_HASHERS = [f"{__name__}.Watched"]
    Watched.in_transaction.clear()
    return Watched.in_transaction


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one-card"}])
def test_a_registration_hashes_before_its_transaction(hashed: list[bool], headers: dict[str, str]) -> None:
    librarian = a_librarian()
    hashed.clear()
    assert librarian.post("patrons", CARD, headers=headers).status_code == 201
    assert set(hashed) == {False}


def test_a_new_password_is_hashed_before_its_transaction(hashed: list[bool]) -> None:
    librarian = a_librarian()
    patron = librarian.post("patrons", CARD).json()["id"]
    hashed.clear()
    assert librarian.patch(f"patrons/{patron}", {"password": "another long phrase"}).status_code == 200
    assert set(hashed) == {False}
    assert User.objects.get(pk=patron).check_password("another long phrase")


def test_the_staff_side_hashes_before_its_transaction(hashed: list[bool]) -> None:
    desk = a_librarian_at_the_admin("L-7")
    hashed.clear()
    fields = {**CARD, "new_password": CARD["password"], "language": "ko", "is_active": "on"}
    desk.send("accounts_user_add", **fields)
    assert User.objects.get(card_number="P-7001").check_password(CARD["password"])
    assert set(hashed) == {False}
