"""The numbers of cards: each is one person's for ever, whatever becomes of the card."""

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts.events import PatronRevised
from accounts.models import Card, ErasedCard, User
from accounts.models.erased import digest_of
from kernel.eventbus.publishing.outbox import publish
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in


class CardNumberTaken(Refused):
    code = "card_number_taken"
    sentence = _("The card number %(card_number)s belongs to somebody already.")


class CardLost(Refused):
    code = "card_lost"
    sentence = _("The card %(card_number)s was replaced and is not valid any more. Please use the new card.")


class CardClosed(Refused):
    code = "card_closed"
    sentence = _("This card is closed. Please ask at the desk.")


def refuse_taken(card_number: str) -> None:
    """Raises `CardNumberTaken` for a number that a card has, or ever had, also of somebody who was erased."""
    taken = User.objects.filter(card_number__anycase=card_number).exists()
    taken = taken or ErasedCard.objects.filter(pk=digest_of(card_number)).exists()
    if taken or Card.objects.filter(number__anycase=card_number).exists():
        raise CardNumberTaken(card_number=card_number)


def refuse_replaced(card_number: str) -> None:
    """Raises `CardLost` for the number of a card that was replaced."""
    if Card.objects.filter(number__anycase=card_number).exclude(ended_at=None).exists():
        raise CardLost(card_number=card_number)


def replace_card(person_id: int, *, card_number: str, reason: str, now: datetime, by_id: int | None = None) -> User:
    """Gives somebody another card: the number changes, and the old one stays theirs, so that nobody else ever gets it.

    Password, tokens and loans stay. Whether somebody may change that person is for the caller to ask:
    `accounts.roles.may_change`. Raises `CardNumberTaken`, and `User.DoesNotExist` also for who was erased.
    """
    with atomic_in("accounts"):
        person = User.objects.select_for_update().get(pk=person_id, erased_at=None)

        refuse_taken(card_number)

        _end_card(person, reason, now, by_id)
        person.card_number, person.is_card_lost = card_number, False
        try:
            with atomic_in("accounts"):
                person.save(update_fields=["card_number", "is_card_lost"])
                Card.objects.create(person=person, number=card_number, given_at=now)
        except IntegrityError as error:  # somebody else got it at the same moment
            raise CardNumberTaken(card_number=card_number) from error

        publish(PatronRevised(occurred_at=now, patron=person.pk))
        return person


def _end_card(person: User, reason: str, now: datetime, by_id: int | None) -> None:
    """Ends the card that the person has now."""
    known = {"number": person.card_number, "given_at": person.registered_at}
    card, _made = Card.objects.get_or_create(person=person, ended_at=None, defaults=known)
    card.ended_at, card.reason, card.ended_by = now, reason, by_id
    card.save(update_fields=["ended_at", "reason", "ended_by"])
