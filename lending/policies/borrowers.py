"""What the rules of lending ask about a person: columns of the user model, read there with a query of their own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model


@dataclass(frozen=True, kw_only=True)
class Borrower:
    """Whether a person's card is open or lost, its last day, and the category, which is empty for none."""

    is_active: bool = True
    category: str = ""
    expires_on: date | None = None
    is_card_lost: bool = False


def borrower_of(person: Any) -> Borrower:
    """What was read with a person already."""
    return Borrower(
        is_active=person.is_active,
        category=person.category_id or "",
        expires_on=person.expires_on,
        is_card_lost=person.is_card_lost,
    )


def borrowers(patrons: Collection[int]) -> Mapping[int, Borrower]:
    """What is known of each of these people; one statement."""
    columns = ("pk", "is_active", "category_id", "expires_on", "is_card_lost")
    found = get_user_model().objects.filter(pk__among=patrons).values_list(*columns) if patrons else ()
    known = {
        pk: Borrower(is_active=is_active, category=category or "", expires_on=expires_on, is_card_lost=is_card_lost)
        for pk, is_active, category, expires_on, is_card_lost in found
    }
    return {patron: known.get(patron, Borrower()) for patron in patrons}
