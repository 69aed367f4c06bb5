"""The story is lived through once; every test here looks at what was seen of it."""

from typing import Any

import pytest

from tests.factories import town
from tests.watching.story import Story, told

__all__ = ["story", "town"]
_told: list[Story] = []


@pytest.fixture
def story(transactional_db: Any, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """What was seen."""
    if not _told:
        _told.append(told(tmp_path_factory.mktemp("watched")))
    return _told[0]
