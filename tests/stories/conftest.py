"""Stories happen in the town, three times: in order, reversed, and with every delivery doubled."""

from tests.factories import town

__all__ = ["town"]
