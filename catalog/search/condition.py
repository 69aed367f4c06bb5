"""How this machine's index is: for metrics and the doctor, which change nothing."""

from dataclasses import dataclass
from pathlib import Path

from catalog.search.freshness import Freshness, look
from catalog.search.index import UNREADABLE, folder, reader, state_of


@dataclass(frozen=True)
class Condition:
    """What is known of the index."""

    folder: Path
    answers: bool = False
    books: int = 0
    lag: int = 0


def condition() -> Condition:
    """The index as it is at this moment."""
    place = folder()
    state = state_of(place)
    if state is None:
        return Condition(place)
    found = look(state)
    try:
        books = reader.searcher(place, state).num_docs
    except UNREADABLE:
        return Condition(place)
    return Condition(place, found.freshness is not Freshness.FOREIGN, books, found.lag)
