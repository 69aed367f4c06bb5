"""Who forgets passwords in these tests."""

from typing import Any

import pytest

from accounts.models import User
from tests.people import a_patron


@pytest.fixture(autouse=True)
def _reached_here(settings: Any) -> None:
    """By this address people reach the library."""
    settings.SITE_URL = "http://127.0.0.1:8000"


@pytest.fixture
def haneul(db: None) -> User:
    """A patron with an email address."""
    user = a_patron("P-7001", "김하늘", email="haneul@example.org").user
    assert user
    return user
