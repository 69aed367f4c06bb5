"""How the accounts react to what other contexts announce."""

from accounts.erasing.emptying import empty_person
from lending.events import PatronErased


def forget_person(event: PatronErased) -> None:
    """Empties the person, so that nobody knows who it was, and nobody signs in as that."""
    empty_person(event.patron, now=event.occurred_at)
