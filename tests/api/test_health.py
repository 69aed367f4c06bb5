"""What machines ask."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from library.eventbus.models import Delivery
from tests.api.answers import done
from tests.people import Person

pytestmark = pytest.mark.django_db

ASK = """
import django
django.setup()
from django.test import Client
answer = Client(SERVER_NAME="localhost").get("/health/{}")
print(answer.status_code, answer.content.decode())
"""


def test_a_process_that_turns_is_live(nobody: Person) -> None:
    assert done(nobody.get("/health/live")) == {"status": "live"}


def test_what_has_all_it_needs_is_ready(nobody: Person) -> None:
    assert done(nobody.get("/health/ready")) == {"status": "ready", "checks": {"database": True, "broker": True}}


def test_a_missing_migration_is_not_ready(nobody: Person) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="lending").delete()

    answer = done(nobody.get("/health/ready"), 503)
    assert answer["status"] == "not ready"
    assert answer["checks"]["database"] is False


@pytest.mark.parametrize(("question", "answer"), [("ready", '503 {"status": "not ready"'), ("live", "200")])
def test_without_its_database_a_process_is_live_but_not_ready(question: str, answer: str) -> None:
    nowhere = {
        "DATABASE_URL": "sqlite:////no/such/folder/library.sqlite3",
        "DJANGO_SETTINGS_MODULE": "library.settings",
    }
    asking = subprocess.run(
        [sys.executable, "-c", ASK.format(question)], env={**os.environ, **nowhere}, capture_output=True, text=True
    )

    assert asking.stdout.startswith(answer), asking.stderr


def test_metrics_tell_what_waits_and_what_is_dead(book: int, haneul: Person, nobody: Person) -> None:
    done(haneul.post("loans", {"book": book}), 201)
    Delivery.objects.filter(handler="catalog.handlers.follow_copies").update(status=Delivery.Status.DEAD)

    answer = nobody.get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    figures: dict[str, Any] = dict(
        line.rsplit(" ", 1) for line in answer.content.decode().splitlines() if not line.startswith("#")
    )
    assert float(figures['library_deliveries_waiting{handler="dashboard.handlers.show_loan"}']) == 1
    assert float(figures['library_delivery_lag_seconds{handler="dashboard.handlers.show_loan"}']) >= 0
    assert float(figures['library_deliveries_dead{handler="catalog.handlers.follow_copies"}']) == 1
    assert float(figures['library_database_up{database="default"}']) == 1
