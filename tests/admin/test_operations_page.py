"""The operators' page: what is behind, what is dead and what follows from that."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_q.models import Failure

from catalog.services import register_book
from kernel.eventbus.models import Delivery, Event
from kernel.eventbus.registry import handler_names
from tests.admin.door import Door, a_librarian
from webhooks.models import Endpoint

pytestmark = pytest.mark.django_db


def test_a_quiet_library_says_that_nothing_waits(librarian: Door) -> None:
    Delivery.objects.all().delete()
    page = librarian.see("operations")
    for sentence in ("Nothing waits and nothing is dead.", "No program listens by webhook.", "No task failed."):
        assert sentence in page, sentence


def test_what_is_dead_is_explained_with_its_error_and_its_list(librarian: Door) -> None:
    register_book(now=timezone.now(), title="토지", copies=1)
    dead = Delivery.objects.filter(handler__startswith="lending.").earliest("pk")
    Delivery.objects.filter(pk=dead.pk).update(status="dead", attempts=8, error="Traceback\nLookupError: gone")
    Endpoint.objects.create(url="https://example.org/hook", secret="-", failures=3, made_at=timezone.now())
    Failure.objects.create(
        id="1", name="n", func="lending.sweep", started=timezone.now(), stopped=timezone.now(), success=False
    )

    page = librarian.see("operations")

    for sentence in (
        f"<code>{dead.handler}</code>",
        "Lending lacks what these events say",
        "<code>LookupError: gone</code>",
        "lending.sweep",
        "example.org",
    ):
        assert sentence in page, sentence
    address = reverse("admin:eventbus_delivery_changelist") + f"?status__exact=dead&amp;to={dead.handler}"
    assert address in page
    assert "1 entry" in librarian.see("eventbus_delivery_changelist", status__exact="dead", to=dead.handler)


def test_of_every_context_it_is_said_what_follows(librarian: Door) -> None:
    register_book(now=timezone.now(), title="토지", copies=1)
    event = Event.objects.latest("pk")
    Delivery.objects.all().delete()
    dead = {"event": event, "key": event.key, "status": "dead", "attempts": 8, "error": "LookupError: gone"}
    Delivery.objects.bulk_create(Delivery(handler=name, **dead) for name in handler_names())
    page = librarian.see("operations")
    said = re.findall(r"<code>([^<]+)</code></th>.*?<span>([^<]*)<code>", page, re.DOTALL)
    assert {name for name, _what in said} == set(handler_names())
    assert not [name for name, what in said if not what.strip()]


@pytest.mark.parametrize(("role", "status"), [("operator", 200), ("desk", 403), ("administrator", 403)])
def test_it_is_the_operators(role: str, status: int) -> None:
    assert a_librarian(roles=[role]).get(reverse("admin:operations")).status_code == status


def test_it_takes_few_statements(librarian: Door) -> None:
    for title in ("토지", "무진기행", "광장"):
        register_book(now=timezone.now(), title=title, copies=2)
    with CaptureQueriesContext(connection) as queries:
        librarian.see("operations")
    assert len(queries) <= 12, [query["sql"][:90] for query in queries]
