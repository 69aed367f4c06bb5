"""What an operator does happens in the town of the stories too."""

from tests.factories import town

__all__ = ["town"]
