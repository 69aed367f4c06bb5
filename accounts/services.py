"""What the desk does with people and their cards."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from accounts.events import PatronRegistered
from accounts.models import LIBRARIANS, User
from kernel.eventbus.publishing.outbox import publish
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in


class CardNumberTaken(Refused):
    code = "card_number_taken"
    sentence = _("The card number %(card_number)s belongs to somebody already.")


@atomic_in("accounts")
def register_patron(*, card_number: str, password: str, now: datetime, **details: Any) -> User:
    """A new card. `details` are fields of `User`. Raises `CardNumberTaken`."""
    if User.objects.filter(card_number=card_number).exists():
        raise CardNumberTaken(card_number=card_number)

    try:
        with atomic_in("accounts"):
            patron = User.objects.create_user(card_number, password, **details)
    except IntegrityError as error:  # somebody registered it at the same moment
        raise CardNumberTaken(card_number=card_number) from error

    if patron.is_staff:
        _give_rights(patron)

    publish(PatronRegistered(occurred_at=now, patron=patron.pk))
    return patron


@atomic_in("accounts")
def change_patron(patron_id: int, *, password: str = "", **details: Any) -> User:
    """Changes a person's details; a new password ends the tokens. Raises `User.DoesNotExist`."""
    patron = User.objects.select_for_update().get(pk=patron_id)

    for name, value in details.items():
        setattr(patron, name, value)
    if password:
        patron.set_password(password)
        AuthToken.objects.filter(user=patron).delete()
    patron.save()
    if "is_staff" in details:
        _give_rights(patron)
    return patron


@atomic_in("accounts")
def make_listener(*, name: str, now: datetime, days: int) -> str:
    """A token that reads the event log and may do nothing for anybody else, for a program of that name.

    The program's account is made if there is none. Raises `CardNumberTaken` when a person has that name as card number.
    """
    listener = User.objects.filter(card_number=name).first() or User.objects.create_user(name, name=name)
    if listener.is_staff or listener.is_superuser or listener.has_usable_password():
        raise CardNumberTaken(card_number=name)

    may_read = Permission.objects.get(content_type__app_label="eventbus", codename="view_event")
    listener.user_permissions.set([may_read])
    token, text = AuthToken.objects.create(listener)
    token.expiry = now + timedelta(days=days)
    token.save(update_fields=["expiry"])
    return str(text)


def _give_rights(person: User) -> None:
    """Librarians, and nobody else, are in the group that may work in the admin."""
    group, _new = Group.objects.get_or_create(name=LIBRARIANS)
    if person.is_staff:
        person.groups.add(group)
    else:
        person.groups.remove(group)
