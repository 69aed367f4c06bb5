"""A secret that was replaced signs for a day, whatever comes after it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from kernel.eventbus.models import Event
from library.operations.retention import apply_retention
from tests.webhooks.receiver import Receiver, verified
from tests.webhooks.sending import send_due
from webhooks.models import Endpoint
from webhooks.services import rotate_secret

pytestmark = pytest.mark.django_db
Happen = Callable[[str], Event]


def test_each_secret_signs_for_a_day_after_it_was_replaced(
    endpoint: Endpoint, receiver: Receiver, happen: Happen
) -> None:
    start = timezone.now()
    secrets = [endpoint.secret, *(rotate_secret(endpoint.pk, now=start + timedelta(hours=8 * n)) for n in range(3))]
    for hours, signing in ((17, secrets), (25, secrets[1:]), (33, secrets[2:]), (41, secrets[3:])):
        with time_machine.travel(start + timedelta(hours=hours)):
            happen(f"P-{hours}")
            send_due()
        assert [one for one in secrets if verified(*receiver.taken[-1], one)] == signing


def test_a_secret_whose_day_is_over_is_deleted(endpoint: Endpoint) -> None:
    rotate_secret(endpoint.pk, now=timezone.now())
    assert apply_retention(timezone.now())["webhooks' replaced secrets"] == 0
    assert apply_retention(timezone.now() + timedelta(days=1))["webhooks' replaced secrets"] == 1
