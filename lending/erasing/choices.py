"""What patrons want of their own history: a column of the register of patrons, read in queries of its own."""

from collections.abc import Iterator

from django.contrib.auth import get_user_model

PEOPLE = 1_000


def keeping_among(patrons: set[int]) -> frozenset[int]:
    """Who of these wants the own history kept until further notice."""
    people = get_user_model().objects.filter(pk__in=patrons, keep_history=True)
    return frozenset(people.values_list("pk", flat=True))


def wanting_no_history() -> Iterator[list[int]]:
    """Who keeps no history, so many at a time."""
    wanting = get_user_model().objects.filter(keep_history=False).order_by("pk")
    last = 0
    while patrons := list(wanting.filter(pk__gt=last).values_list("pk", flat=True)[:PEOPLE]):
        last = patrons[-1]
        yield patrons
