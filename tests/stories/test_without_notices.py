"""The context of notices is taken out, and put in again."""

from pathlib import Path

import pytest

from tests.processes import run

WITHOUT = """
import django
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()
from types import SimpleNamespace
from django.core.management import call_command
call_command("check")
call_command("migrate", verbosity=0)
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_q.models import Schedule
from accounts.models import User
from kernel.eventbus.delivery.worker import deliver_due
from kernel.eventbus.delivery.queries import pending_deliveries
from library.operations.tasks import apply_retention
from tests.factories import Town

assert not [table for table in connection.introspection.table_names() if table.startswith("notices_")]
assert not Schedule.objects.filter(func__startswith="notices.").exists()
town = Town(SimpleNamespace(settle=deliver_due), None)
haneul, book = town.haneul, town.book(copies=2)
town.give_back(haneul, town.lend_long_ago(haneul, book))
assert town.page(haneul)["fines_outstanding"] == 2000
town.lend(haneul, book)
assert haneul.patch("me", {"notices": {"off": ["receipt"]}}).status_code == 200
assert haneul.get("me/notices").status_code == 404
assert pending_deliveries() == {"waiting": 0, "dead": 0}
door = Client()
door.force_login(User.objects.create_superuser("OP-1", name="Operator"))
for page in (reverse("admin:index"), reverse("admin:desk_patron", args=[haneul.id]), "/", "/me", "/api/v1/schema"):
    assert door.get(page).status_code == 200, page
for command in ("eventmap", "sweep_overdue"):
    call_command(command)
apply_retention()
print("runs without")
"""
AGAIN = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django_q.models import Schedule
from notices.models import Cause, LoanRow
call_command("replay", "notices", "--from-empty", verbosity=0)
assert LoanRow.objects.filter(outstanding=1).count() == 1
print(sorted(Cause.objects.values_list("kind", flat=True)))
from datetime import timedelta
from django.utils import timezone
from kernel.eventbus.models import Event
Event.objects.update(occurred_at=timezone.now() - timedelta(hours=25))
Cause.objects.all().delete()
for event in Event.objects.all():
    event.payload["occurred_at"] = event.occurred_at.isoformat()
    event.save()
call_command("replay", "notices", "--from-empty", verbosity=0)
assert not Cause.objects.exists()
assert Schedule.objects.filter(func__startswith="notices.").count() == 2
print("knows again")
"""


@pytest.mark.once
def test_everything_else_runs_without_notices_which_catch_up_on_a_day(tmp_path: Path) -> None:
    there = {
        "ALLOWED_HOSTS": "testserver",
        "DATABASE_URL": f"sqlite:///{tmp_path}/library.sqlite3",
        "FILES_DIR": str(tmp_path),
    }
    without = run("-c", WITHOUT, DJANGO_SETTINGS_MODULE="tests.without_notices", **there)
    assert without.returncode == 0, without.stderr
    assert "runs without" in without.stdout
    again = run("-c", AGAIN, DJANGO_SETTINGS_MODULE="library.settings", **there)
    assert again.returncode == 0, again.stderr
    assert "['fine', 'receipt', 'receipt', 'receipt']" in again.stdout
    assert "knows again" in again.stdout
