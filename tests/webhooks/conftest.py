"""A receiver, and a library in which things happen."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from library.accounts.events import PatronRegistered
from library.eventbus.models import Event
from library.eventbus.publishing import publish
from library.webhooks.models import Endpoint
from library.webhooks.services import register_endpoint
from tests.people import Person, a_librarian
from tests.webhooks.receiver import Receiver, receiving


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
        with transaction.atomic():
            publish(PatronRegistered(occurred_at=datetime.now(UTC), patron=7, card_number=card_number))
        return Event.objects.latest("pk")

    return register
