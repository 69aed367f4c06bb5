"""Whom notices go to, read from the register of patrons in a query of its own."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from kernel.days.ages import AGE_OF_CONSENT, birth_date_for
from kernel.labels.reading import CARD, searched


class Contact(NamedTuple):
    """A person as notices need one."""

    pk: int
    name: str
    email: str
    phone: str
    postal_code: str
    address: str
    language: str
    expires_on: date | None
    consent_until: date | None
    born_on: date | None
    notices_by_email: bool
    notices_by_message: bool
    notices_off: list[str]

    @property
    def consent_ends(self) -> date | None:
        """The last day of the guardian's consent, where it is still needed on the next."""
        return self.consent_until if _needs_consent_after(self.consent_until, self.born_on) else None


def contacts(ids: Collection[int]) -> dict[int, Contact]:
    """Those of the people who have a card that is in use."""
    rows = _people().filter(pk__in=ids).values_list(*Contact._fields)
    return {row[0]: Contact(*row) for row in rows}


def expiring_on(days: Collection[date]) -> Iterator[tuple[int, str, date]]:
    """Whose card, or guardian's consent that is still needed, has its last day on one of these: the person, which of
    the two, the day."""
    columns = ("pk", "expires_on", "consent_until", "born_on")
    ending = _people().filter(Q(expires_on__in=days) | Q(consent_until__in=days)).values_list(*columns)
    for pk, card, consent, born_on in ending.order_by("pk").iterator(chunk_size=2_000):
        needed = consent if _needs_consent_after(consent, born_on) else None
        yield from ((pk, what, day) for what, day in (("card", card), ("consent", needed)) if day and day in days)


def _needs_consent_after(day: date | None, born_on: date | None) -> bool:
    """Whether a guardian has to agree on the day after that. Where no birth date is known, it is taken to be so."""
    if day is None or born_on is None or day == date.max:
        return day is not None
    return born_on > birth_date_for(AGE_OF_CONSENT, day + timedelta(days=1))


def found_by(text: str) -> list[int]:
    """The ids of who has, or had, a card of that number, and of a thousand, at most, whose names begin so."""
    number, everybody = searched(text, CARD), get_user_model()._default_manager
    each = Q(card_number__anycase=number), Q(cards__number__anycase=number), Q(name__startswith=text)
    return [pk for one in each for pk in everybody.filter(one).values_list("pk", flat=True)[:1_000]]


def named(ids: Collection[int]) -> dict[int, str]:
    """The cards and names of these people, as everywhere on the staff side."""
    return {person.pk: str(person) for person in get_user_model()._default_manager.filter(pk__among=[*ids])}


def _people() -> QuerySet[Any]:
    return get_user_model()._default_manager.filter(is_active=True, is_program=False)
