"""The site is in the town of the stories, in one order of deliveries: the stories tell the others."""

from typing import Any

import pytest
from django.conf import settings

from tests.bus import Bus
from tests.factories import Town, town
from tests.opac.visitor import Visitor

__all__ = ["town"]


@pytest.fixture
def bus() -> Bus:
    """Deliveries in order."""
    return Bus()


@pytest.fixture
def haneul(town: Town) -> Visitor:
    """김하늘 with a browser in English."""
    return speaking("en", town.haneul.user)


@pytest.fixture
def in_korean(town: Town) -> Visitor:
    """The same person with a browser in Korean."""
    return speaking("ko", town.haneul.user)


def speaking(language: str, user: Any) -> Visitor:
    """Somebody who is signed in and has chosen the language."""
    visitor = Visitor(user, language=language)
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return visitor
