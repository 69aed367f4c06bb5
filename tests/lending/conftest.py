"""These tests happen in the town too; here one order of deliveries is enough."""

import pytest

from tests.bus import Bus
from tests.factories import town

__all__ = ["town"]


@pytest.fixture
def bus() -> Bus:
    """The real bus, in order."""
    return Bus()
