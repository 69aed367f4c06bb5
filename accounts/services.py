"""What is done with people, their cards and their roles."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from accounts.cards import CardNumberTaken, refuse_taken
from accounts.events import PatronRegistered, PatronRevised
from accounts.hashing import HashedPassword, hash_password
from accounts.mail.outbox import queue_mail
from accounts.models import Card, OutgoingMail, User
from accounts.passwords.services import set_password
from kernel.eventbus.publishing.outbox import publish
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in


class ProgramClosed(Refused):
    code = "program_closed"
    sentence = _("The account of the program %(name)s is closed: make it active under Patrons on the staff side first.")


def register_patron(
    *, card_number: str, now: datetime, password: str = "", roles: Collection[str] = (), **details: Any
) -> User:
    """A new card. `details` are fields of `User`; `roles` count for staff only. Raises `CardNumberTaken`.

    Without a password, a mail brings a link to choose one, where there is an address; else the desk sets one.

    Where a transaction is open already, the password comes as `hash_password` made it before: hashing is slow, and
    SQLite has one writer. Whether somebody may give these roles is for the caller to ask: `roles_to_give`.
    """
    hashed = password if isinstance(password, HashedPassword) else hash_password(password)
    with atomic_in("accounts"):
        return _register(User(card_number=card_number, password=hashed, **details), roles, now)


def _register(patron: User, roles: Collection[str], now: datetime) -> User:
    card_number = patron.card_number
    refuse_taken(card_number)

    try:
        with atomic_in("accounts"):
            patron.save()
            Card.objects.create(person=patron, number=card_number, given_at=now)
    except IntegrityError as error:  # somebody registered it at the same moment
        raise CardNumberTaken(card_number=card_number) from error

    _give(patron, roles)

    if patron.email and not patron.has_usable_password():
        queue_mail(kind=OutgoingMail.Kind.LINK, card_number=card_number, now=now)
    publish(PatronRegistered(occurred_at=now, patron=patron.pk))
    return patron


def change_patron(
    patron_id: int, *, now: datetime, password: str = "", roles: Collection[str] | None = None, **details: Any
) -> User:
    """Changes a person's details, and the roles where they are named; a new password ends the tokens, and comes as
    `register_patron` says; closing the account ends them too. The person gets a mail about a new password, and at the
    old address about a new one.

    Who is no staff any more has no roles any more. Whether somebody may change that person is for the caller to ask:
    `accounts.roles.may_change`. Raises `User.DoesNotExist`, also for who was erased.
    """
    if password and not isinstance(password, HashedPassword):
        password = hash_password(password)
    with atomic_in("accounts"):
        return _change(patron_id, password, roles, details, now)


def change_own_details(*, person_id: int, now: datetime, **details: Any) -> User:
    """Changes what people may change themselves: `email`, `phone`, `language`, `keep_history` and what they want of
    notices. A mail to the old address says that it is not used any more."""
    return change_patron(person_id, now=now, **details)


@atomic_in("accounts")
def turn_off_notices(*, person_id: int, kind: str, now: datetime) -> None:
    """That kind of notice is not wanted any more. Raises `User.DoesNotExist`."""
    patron = User.objects.select_for_update().get(pk=person_id)
    if kind not in patron.notices_off:
        change_own_details(person_id=person_id, now=now, notices_off=[*patron.notices_off, kind])


def _change(
    patron_id: int, password: str, roles: Collection[str] | None, details: dict[str, Any], now: datetime
) -> User:
    patron = User.objects.select_for_update().get(pk=patron_id, erased_at=None)
    email_before, was_active = patron.email, patron.is_active

    for name, value in details.items():
        setattr(patron, name, value)
    patron.save()
    if isinstance(password, HashedPassword):
        set_password(patron, password, now=now)
    if roles is not None or ("is_staff" in details and not patron.is_staff):
        _give(patron, roles or ())
    if was_active and not patron.is_active:
        AuthToken.objects.filter(user=patron).delete()  # or they would be good again once it is opened again

    if email_before and patron.email.lower() != email_before.lower():
        kind = OutgoingMail.Kind.EMAIL_CHANGED
        queue_mail(kind=kind, card_number=patron.card_number, sent_to=email_before, now=now)
    publish(PatronRevised(occurred_at=now, patron=patron.pk))
    return patron


@atomic_in("accounts")
def make_listener(*, name: str, now: datetime, days: int) -> str:
    """A token that reads the event log and may do nothing else, for a program of that name.

    The program's account is made if there is none. Raises `CardNumberTaken` when a person has that name as card number,
    and `ProgramClosed`.
    """
    listener = User.objects.filter(card_number__anycase=name).first()
    if listener is None:
        refuse_taken(name)
        listener = User.objects.create_user(name, name=name, is_program=True)
    if not listener.is_program:
        raise CardNumberTaken(card_number=name)
    if not listener.is_active:
        raise ProgramClosed(name=name)

    may_read = Permission.objects.get(content_type__app_label="eventbus", codename="view_event")
    listener.user_permissions.set([may_read])
    token, text = AuthToken.objects.create(listener)
    token.expiry = now + timedelta(days=days)
    token.save(update_fields=["expiry"])
    return str(text)


def _give(person: User, roles: Collection[str]) -> None:
    """Sets a person's roles. Raises `Group.DoesNotExist` for one that there is not."""
    person.groups.set([Group.objects.get(name=role) for role in roles] if person.is_staff else [])
