"""What is known of people."""

from contextlib import suppress
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Card, CardApplication, User
from kernel.days.ages import AGE_OF_CONSENT, birth_date_for
from kernel.labels.reading import CARD, searched
from kernel.storage.instances import columns_of, first_instance
from kernel.values.keyboards import in_latin
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


# SQL, because each scan at the desk asks it.
_SOMEBODY = f"SELECT {columns_of(User, 'person')} FROM accounts_user person"  # noqa: S608  names of columns
_WITH_A_CARD = " AND NOT person.is_program AND person.erased_at IS NULL"
_OF_CARD = f"{_SOMEBODY} WHERE UPPER(person.card_number) IN (UPPER(%s), UPPER(%s)){_WITH_A_CARD}"
_OF_ID = f"{_SOMEBODY} WHERE person.id = %s{_WITH_A_CARD}"


def person_of_card(number: str) -> User | None:
    """Whose card has that number now, whatever the case of its letters, also typed with a Korean keyboard."""
    return first_instance(User, _OF_CARD, [number, in_latin(number)])


def person_of(pk: int) -> User | None:
    """Whoever of `people` has that id."""
    return first_instance(User, _OF_ID, [pk])


HAD_CARDS = Exists(Card.objects.filter(person=OuterRef("pk"), ended_at__isnull=False))
"""Whether somebody had a card before."""


def cards_of(person_id: int) -> QuerySet[Card]:
    """The cards that somebody has had, the newest first."""
    return Card.objects.filter(person=person_id).order_by("-pk")


def without_consent(today: date) -> Q:
    """Children without a guardian's consent that holds on that day."""
    missing = Q(guardian="") | Q(consent_until=None) | Q(consent_until__lt=today)
    return Q(is_program=False, born_on__gt=birth_date_for(AGE_OF_CONSENT, today)) & missing
