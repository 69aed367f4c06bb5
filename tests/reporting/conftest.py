"""Statistics are counted in the town, with deliveries in every order."""

from tests.factories import town

__all__ = ["town"]
