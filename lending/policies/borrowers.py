"""What the rules of lending ask about a person: columns of the user model, read there with a query of their own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model

from kernel.storage.composed import Rows, composed

COLUMNS = ("pk", "category_id", "is_active", "expires_on", "is_card_lost", "born_on")


@dataclass(frozen=True, kw_only=True)
class Borrower:
    """Whether a person's card is open or lost, its last day, the category, which is empty for none, and the birthday
    where it is known."""

    is_active: bool = True
    category: str = ""
    expires_on: date | None = None
    is_card_lost: bool = False
    born_on: date | None = None


def borrower_of(person: Any) -> Borrower:
    """What was read with a person already."""
    return Borrower(
        is_active=person.is_active,
        category=person.category_id or "",
        expires_on=person.expires_on,
        is_card_lost=person.is_card_lost,
        born_on=person.born_on,
    )


def categories_of(patrons: Collection[int]) -> dict[int, str]:
    """The category of each of these people who has one; one statement."""
    return dict(_categories(patrons)) if patrons else {}


def borrowers(patrons: Collection[int]) -> Mapping[int, Borrower]:
    """What is known of each of these people; one statement."""
    known = {
        pk: Borrower(category=category or "", **dict(zip(COLUMNS[2:], own, strict=True)))
        for pk, category, *own in (_people(patrons) if patrons else ())
    }
    return {patron: known.get(patron, Borrower()) for patron in patrons}


@composed
def _people(patrons: Collection[int]) -> Rows:
    return get_user_model().objects.filter(pk__among=patrons).values_list(*COLUMNS)


@composed
def _categories(patrons: Collection[int]) -> Rows:
    people = get_user_model().objects.filter(pk__among=patrons).exclude(category_id=None)
    return people.values_list("pk", "category_id")
