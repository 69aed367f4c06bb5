"""What the desk does with people and their cards."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from library.accounts.events import PatronRegistered
from library.accounts.models import User
from library.eventbus.publishing import publish
from library.refusal import Refused


class CardNumberTaken(Refused):
    code = "card_number_taken"
    sentence = _("The card number %(card_number)s belongs to somebody already.")


@transaction.atomic
def register_patron(*, card_number: str, password: str, now: datetime, **details: Any) -> User:
    """A new card. `details` are fields of `User`. Raises `CardNumberTaken`."""
    if User.objects.filter(card_number=card_number).exists():
        raise CardNumberTaken(card_number=card_number)

    try:
        with transaction.atomic():
            patron = User.objects.create_user(card_number, password, **details)
    except IntegrityError as error:  # somebody registered it at the same moment
        raise CardNumberTaken(card_number=card_number) from error

    publish(PatronRegistered(occurred_at=now, patron=patron.pk, card_number=card_number))
    return patron


@transaction.atomic
def change_patron(patron_id: int, *, password: str = "", **details: Any) -> User:
    """Changes a person's details, and the password if one is given. Raises `User.DoesNotExist`."""
    patron = User.objects.select_for_update().get(pk=patron_id)

    for name, value in details.items():
        setattr(patron, name, value)
    if password:
        patron.set_password(password)
    patron.save()
    return patron
