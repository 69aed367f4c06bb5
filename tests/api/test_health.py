"""What machines ask."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.services import register_book
from kernel.eventbus.delivery.dispatch import enqueue
from kernel.eventbus.models import Delivery
from lending.overload import load_shedding as room
from lending.overload.admission import admission
from lending.overload.circuit_breaker import CircuitOpen
from library.operations import health
from library.operations.health import seen_migrated
from tests.api.answers import done
from tests.figures import figures
from tests.lending.overload import admission_limits
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: Any) -> None:
    """A process that has just begun and has seen nothing."""
    seen_migrated.clear()
    monkeypatch.setattr(health, "_has_started", False)


ASK = """
import django
django.setup()
from django.test import Client
import json, sys
answers = [Client(SERVER_NAME="localhost").get("/" + path) for path in sys.argv[1:]]
print(json.dumps([f"{answer.status_code} {answer.content.decode()}" for answer in answers]))
"""
QUESTIONS = ["health/ready", "health/started", "health/live", "metrics"]


def test_a_process_that_turns_is_live(nobody: Person) -> None:
    assert done(nobody.get("/health/live")) == {"status": "live"}


def test_what_has_all_it_needs_is_ready(nobody: Person) -> None:
    checks = {"database": True, "broker": True, "room": True}
    assert done(nobody.get("/health/ready")) == {"status": "ready", "checks": checks}
    assert done(nobody.get("/health/started")) == {"status": "started"}


def test_what_was_found_migrated_is_not_looked_through_again(nobody: Person) -> None:
    nobody.get("/health/ready")
    with CaptureQueriesContext(connection) as asked:
        done(nobody.get("/health/ready"))
    assert len(asked) == 1


def test_one_that_has_turned_people_away_for_some_time_has_no_room(nobody: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(room, "FULL_FOR", (0, 0))
    with admission_limits(minimum=1, held=0):
        assert done(nobody.get("/health/ready"))["checks"]["room"]
        with suppress(OperationalError), admission.slot():
            raise OperationalError
        with suppress(CircuitOpen), admission.slot():
            pass
        answer = done(nobody.get("/health/ready"), 503)
        assert answer["checks"] == {"database": True, "broker": True, "room": False}
        assert done(nobody.get("/health/live")) == {"status": "live"}
    assert done(nobody.get("/health/ready"))["checks"]["room"]


def test_a_missing_migration_is_not_ready(nobody: Person) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="lending").delete()
    seen_migrated.clear()

    answer = done(nobody.get("/health/ready"), 503)
    assert answer["status"] == "not ready"
    assert answer["checks"]["database"] is False
    assert done(nobody.get("/health/started"), 503)["status"] == "starting"


@pytest.fixture(scope="module")
def without_database() -> dict[str, str]:
    """What a process answers whose database is not there."""
    nowhere = {
        "DATABASE_URL": "sqlite:////no/such/folder/library.sqlite3",
        "DJANGO_SETTINGS_MODULE": "library.settings",
    }
    asking = subprocess.run(
        [sys.executable, "-c", ASK, *QUESTIONS], env={**os.environ, **nowhere}, capture_output=True, text=True
    )
    assert asking.returncode == 0, asking.stderr
    return dict(zip(QUESTIONS, json.loads(asking.stdout), strict=True))


@pytest.mark.once
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("health/ready", '503 {"status": "not ready"'),
        ("health/started", '503 {"status": "starting"'),
        ("health/live", "200"),
    ],
)
def test_without_its_database_a_process_is_live_but_not_ready(
    without_database: dict[str, str], question: str, answer: str
) -> None:
    assert without_database[question].startswith(answer)


@pytest.mark.once
def test_while_the_database_is_away_nobody_says_that_nothing_waits(without_database: dict[str, str]) -> None:
    told = without_database["metrics"]
    assert 'library_database_up{database="default"} 0.0' in told
    assert "library_deliveries_waiting{" not in told


def test_metrics_tell_what_waits_and_what_is_dead(book: int, haneul: Person, nobody: Person) -> None:
    done(haneul.post("loans", {"book": book}), 201)
    Delivery.objects.filter(handler="catalog.handlers.follow_copies").update(status=Delivery.Status.DEAD)

    told = figures(nobody)
    assert told['library_deliveries_waiting{handler="dashboard.handlers.show_loan"}'] == 1
    assert told['library_delivery_lag_seconds{handler="dashboard.handlers.show_loan"}'] >= 0
    assert told['library_deliveries_dead{handler="catalog.handlers.follow_copies"}'] == 1
    assert told['library_database_up{database="default"}'] == 1


def test_metrics_tell_how_many_calls_wait_for_a_worker(nobody: Person) -> None:
    before = figures(nobody)["library_queue_waiting"]
    enqueue("kernel.eventbus.delivery.worker.deliver_due")
    assert figures(nobody)["library_queue_waiting"] == before + 1


def test_the_search_index_is_in_the_figures(nobody: Person) -> None:
    register_book(now=timezone.now(), title="찾는 책")
    assert nobody.get("books?q=찾는").json()["results"]

    told = figures(nobody)

    assert (told["library_search_up"], told["library_search_books"], told["library_search_lag_seconds"]) == (1, 1, 0)
