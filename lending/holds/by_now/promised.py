"""Copies on the shelf that somebody may have by now, and that nobody has set aside yet."""

from collections.abc import Collection
from datetime import date

from lending.holds.assigning import copies_in_order, in_turn
from lending.holds.candidates import Match, matches
from lending.in_force import waiting_on
from lending.models import Copy, Hold


def promised(books: Collection[int], day: date) -> list[Match]:
    """The copies on the shelf of these books, each with the hold that it goes to when the sweep comes by, or a loan is
    decided: since midnight a suspension or a block is over. One statement where nobody waits. It asks whoever saw that
    a copy on the shelf is waited for; of other books there are none."""
    waiting = Hold.objects.filter(waiting_on(day), book__among=books)
    books_waited_for = set(waiting.values_list("book", flat=True).distinct())
    if not books_waited_for:
        return []
    there = in_turn(copies_in_order(books_waited_for).order_by("pk"), books_waited_for)
    return [match for match in matches(there, day) if match.copy.place == Copy.Place.SHELF]
