"""Whoever calls with a token, or has a session, is read whole, as the ORM reads a person; staff with what they may."""

from datetime import date

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import User
from accounts.passwords.backends import CurrentCards
from accounts.services import register_patron
from kernel.http.authentication import TokenAuthentication
from tests.people import PASSWORD, a_patron

pytestmark = pytest.mark.django_db
FIELDS = [field.attname for field in User._meta.concrete_fields]


def called_with(token: str) -> User:
    """Who that is."""
    return TokenAuthentication().authenticate_credentials(token.encode())[0]


def test_each_column_is_the_one_that_the_orm_reads() -> None:
    haneul = a_patron()
    some_day = date(2031, 3, 16)
    details = {"expires_on": some_day, "born_on": some_day, "is_card_lost": True, "notes": "광장", "added_by": 7}
    User.objects.filter(pk=haneul.id).update(last_login=timezone.now(), keep_history=False, **details)
    there, found = User.objects.get(pk=haneul.id), called_with(haneul.authorization.split()[1])
    assert [getattr(found, name) for name in FIELDS] == [getattr(there, name) for name in FIELDS]
    assert [type(getattr(found, name)) for name in FIELDS] == [type(getattr(there, name)) for name in FIELDS]
    assert (found._state.adding, found._state.db) == (False, "default")


@pytest.mark.parametrize("token", ["no", "0" * 64, "a b"])
def test_a_token_that_nobody_has_is_refused(token: str) -> None:
    with pytest.raises(AuthenticationFailed):
        called_with(token)


@pytest.mark.parametrize("roles", [None, [], ["desk"], ["desk", "cataloguer"]])
def test_staff_are_read_with_the_permissions_that_django_finds(roles: list[str] | None) -> None:
    person = register_patron(
        card_number="L-1",
        name="Ada",
        password=PASSWORD,
        is_staff=roles is not None,
        roles=roles or (),
        now=timezone.now(),
    )
    person.user_permissions.add(Permission.objects.get(codename="view_account"))
    found = CurrentCards().get_user(person.pk)
    assert found is not None
    assert found.get_all_permissions() == ModelBackend().get_all_permissions(User.objects.get(pk=person.pk))
    assert "fines.view_account" in found.get_all_permissions()


def test_a_superuser_may_everything_and_who_is_closed_is_nobody() -> None:
    person = User.objects.create_superuser("S-1", PASSWORD, name="Sam")
    found = CurrentCards().get_user(person.pk)
    assert found is not None
    assert found.get_all_permissions() == ModelBackend().get_all_permissions(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert CurrentCards().get_user(person.pk) is None
