"""Attacks happen in the town of the stories."""

import pytest

from tests.bus import Bus
from tests.factories import town

__all__ = ["town"]


@pytest.fixture
def bus() -> Bus:
    """One order of deliveries is enough."""
    return Bus()
