"""A receiver, and a library in which things happen."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts.services import register_patron
from kernel.eventbus.models import Event
from tests.people import Person, a_librarian
from tests.webhooks.receiver import Receiver, receiving
from webhooks.models import Endpoint
from webhooks.services import register_endpoint


@pytest.fixture(autouse=True)
def _on_a_developers_machine(settings: Any) -> None:
    """Where messages may go to loopback."""
    settings.DEBUG = True


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A program that takes webhooks."""
    with receiving() as running:
        yield running


@pytest.fixture
def ada(db: Any) -> Person:
    """A librarian."""
    return a_librarian()


@pytest.fixture
def endpoint(receiver: Receiver, ada: Person) -> Endpoint:
    """The receiver, registered for all events."""
    return register_endpoint(url=receiver.url, names=[], by_id=ada.id, now=timezone.now())


@pytest.fixture
def happen() -> Callable[[str], Event]:
    """Something that happens: somebody of that card number gets a card."""

    def register(card_number: str) -> Event:
        register_patron(card_number=card_number, name="이야기", password="-", now=timezone.now())
        return Event.objects.latest("pk")

    return register
