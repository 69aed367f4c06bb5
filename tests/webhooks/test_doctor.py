"""The doctor tells a sender that is missing from receivers that fail, webhooks that are paused, and work under way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.eventbus.models import Event
from kernel.eventbus.stream.log import end_of_log
from library.operations.doctor import WITH_DATABASE
from tests.webhooks.receiver import Receiver
from tests.webhooks.sending import send_due
from webhooks.models import Endpoint
from webhooks.services import pause_endpoint

pytestmark = pytest.mark.django_db
Happen = Callable[[str], Event]
SOON, LATER = timedelta(seconds=30), timedelta(minutes=2)


def said(after: timedelta) -> list[Any]:
    """What the doctor finds that much later."""
    return list(WITH_DATABASE["sender"](timezone.now() + after))


@pytest.mark.parametrize("numbered", [True, False])
def test_what_nobody_sends_is_found_once_it_is_late(endpoint: Endpoint, happen: Happen, numbered: bool) -> None:
    assert said(LATER) == []
    happen("P-1")
    if numbered:
        end_of_log()
    assert said(SOON) == []
    (fault,) = said(LATER)
    assert f"Nobody sends to the webhook {endpoint.url}" in fault.msg
    assert "worker" in fault.hint


def test_where_all_is_sent_or_nothing_is_wanted_nobody_is_missed(endpoint: Endpoint, happen: Happen) -> None:
    happen("P-1")
    send_due()
    assert said(LATER) == []
    Endpoint.objects.update(names=["BookBorrowed"])
    happen("P-2")
    assert said(LATER) == []


def test_a_pause_is_no_fault_of_the_sender(endpoint: Endpoint, receiver: Receiver, happen: Happen) -> None:
    receiver.answers = 503
    happen("P-1")
    send_due()
    assert said(SOON) == []
    pause_endpoint(endpoint.pk)
    assert said(LATER) == []


def test_a_long_way_behind_but_under_way_is_well(endpoint: Endpoint, happen: Happen) -> None:
    happen("P-1")
    send_due()
    happen("P-2")
    Event.objects.update(occurred_at=timezone.now() - timedelta(days=9))
    assert said(timedelta()) == []
