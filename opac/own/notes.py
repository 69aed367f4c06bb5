"""Messages beside the things that they are about."""

from collections.abc import Iterable
from typing import Any


def notes_above(messages: Iterable[Any], things: Iterable[Any]) -> list[Any]:
    """Puts each message about a thing beside it; the others, which stand above the page."""
    by_subject = {thing.subject: thing for thing in things}
    above: list[Any] = []
    for message in messages:
        thing = by_subject.get(message.extra_tags or "")
        (thing.notes if thing else above).append(message)
    return above
