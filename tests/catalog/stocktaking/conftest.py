"""What tests of stocktakings share."""

import pytest

from tests.bus import Bus


@pytest.fixture
def bus() -> Bus:
    """The bus, in order: the stories run it in the other orders."""
    return Bus()
