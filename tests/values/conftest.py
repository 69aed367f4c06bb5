"""The doors are those of the town."""

import pytest

from tests.bus import Bus
from tests.factories import town

__all__ = ["town"]


@pytest.fixture
def bus() -> Bus:
    """The real bus, in order."""
    return Bus()
