"""Redis as the waker: it may lose everything, and nothing is lost."""

import time
from collections.abc import Iterator

import pytest

from accounts.models import User
from kernel.eventbus.models import Delivery
from tests.people import PASSWORD, a_librarian
from tests.processes import cluster, run
from tests.servers import redis_server

LIMIT = 60
REGISTER = """
from django.utils import timezone
from accounts.services import register_patron
register_patron(card_number={card!r}, name="Bo", password={password!r}, now=timezone.now())
"""
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    with redis_server() as url:
        yield url


def register(card: str, redis: str) -> None:
    """Registers a patron in a process that wakes workers through Redis."""
    done = run("manage.py", "shell", "-v", "0", "-c", REGISTER.format(card=card, password=PASSWORD), REDIS_URL=redis)
    assert done.returncode == 0, done.stderr


def wait_until_delivered() -> None:
    """Other processes are at work: looks again and again, within bounds."""
    deadline = time.monotonic() + LIMIT
    while Delivery.objects.exists():
        assert time.monotonic() < deadline, "not delivered in time"
        time.sleep(0.1)


def test_a_commit_wakes_the_workers_through_redis(redis: str) -> None:
    with cluster(REDIS_URL=redis):
        register("P-REDIS", redis)
        wait_until_delivered()

    assert a_librarian().get(f"dashboard/{User.objects.get(card_number='P-REDIS').pk}").status_code == 200


def test_a_redis_that_is_away_stops_nobody_and_loses_nothing() -> None:
    register("P-ALONE", "redis://127.0.0.1:9/0")

    assert Delivery.objects.filter(status=Delivery.Status.WAITING).count() >= 2
