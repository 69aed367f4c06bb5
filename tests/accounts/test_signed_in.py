"""Whoever calls with a token is read whole, as the ORM reads a person."""

from datetime import date

import pytest
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import User
from kernel.http.authentication import TokenAuthentication
from tests.people import a_patron

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
