"""What the admin's tests share."""

from typing import Any

import pytest

from tests.admin.door import Door, a_librarian
from tests.bus import Bus


@pytest.fixture
def bus() -> Bus:
    """The bus, in order: the stories run it in the other orders."""
    return Bus()


@pytest.fixture
def librarian(db: Any) -> Door:
    """A librarian at the admin."""
    return a_librarian()
