"""What is known of people."""

from contextlib import suppress
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import Card, CardApplication, User
from accounts.rules import AGE_OF_CONSENT, birth_date_for
from kernel.labels.reading import CARD, searched
from kernel.values.phones import read_phone


def people(text: str = "") -> QuerySet[User]:
    """Everybody with a card, no program and nobody who was erased; with a text, those whose number, name or email holds
    it, and those with that telephone number."""
    holds = Q(card_number__icontains=searched(text, CARD)) | Q(name__icontains=text) | Q(email__icontains=text)
    with suppress(ValueError):
        holds |= Q(phone=read_phone(text))
    everybody = User.objects.filter(is_program=False, erased_at=None)
    return everybody.filter(holds) if text else everybody


def applications_waiting() -> int:
    """How many applications for a card nobody has decided on."""
    return CardApplication.objects.filter(state=CardApplication.State.WAITING).count()


def cards_of(person_id: int) -> QuerySet[Card]:
    """The cards that somebody has had, the newest first."""
    return Card.objects.filter(person=person_id).order_by("-pk")


def without_consent(today: date) -> Q:
    """Children without a guardian's consent that holds on that day."""
    missing = Q(guardian="") | Q(consent_until=None) | Q(consent_until__lt=today)
    return Q(is_program=False, born_on__gt=birth_date_for(AGE_OF_CONSENT, today)) & missing
