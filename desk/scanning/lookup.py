"""Finds the holder of a card, or says why the card can't be used at the desk."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import person_of_card
from kernel.refusals import Refused


class CardClosed(Refused):
    code = "card_closed"
    sentence = _("The card %(card_number)s is not active.")


def holder_of(card_number: str) -> User | None:
    """Who may borrow with that card; None where nobody has it now. Raises `CardClosed`."""
    holder = person_of_card(card_number)
    if holder and not holder.is_active:
        raise CardClosed(card_number=holder.card_number)
    return holder
