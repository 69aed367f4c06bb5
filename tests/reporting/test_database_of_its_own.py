"""The statistics in a database of their own (`REPORTING_DATABASE_URL`): counted, shown and replayed there."""

from pathlib import Path

import pytest

from kernel.storage.databases import all_databases
from tests.processes import run

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.once,
    pytest.mark.skipif(len(all_databases()) > 1, reason="the databases of this run are apart already"),
]

STORY = """
import django
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()
from types import SimpleNamespace
from django.core.management import call_command
call_command("migrate", database="reporting", verbosity=0)

from django.test import Client
from django.urls import reverse
from accounts.models import User
from kernel.eventbus.delivery.queries import pending_deliveries
from kernel.eventbus.delivery.worker import deliver_due
from kernel.eventbus.models import Receipt
from reporting.counting import count_stale_days
from reporting.models import DayCount, LoanFact
from tests.factories import Town
from tests.reporting.recount import counted, recounted

town = Town(SimpleNamespace(settle=deliver_due), None)
book = town.book(copies=4, title="토지", **{"class": "813.6"})
loan = town.lend_long_ago(town.haneul, book, quantity=3)
town.lend(town.haneul, book)
town.give_back(town.haneul, loan, 2)
deliver_due()
assert pending_deliveries() == {"waiting": 0, "dead": 0}
assert LoanFact.objects.db == "reporting" and LoanFact.objects.count() == 2
assert not LoanFact.objects.using("default").exists()
assert Receipt.objects.using("reporting").filter(handler__startswith="reporting.").exists()

count_stale_days()
assert DayCount.objects.exists() and sorted(counted()) == sorted(recounted())
before = sorted(counted())
call_command("replay", "reporting", "--from-empty", verbosity=0)
count_stale_days()
assert sorted(counted()) == before == sorted(recounted())

door = Client()
door.force_login(User.objects.create_superuser("OP-1", name="Operator"))
assert "800" in door.get(reverse("statistics:report")).content.decode()
for kind in ("xlsx", "csv", "pdf"):
    assert door.get(reverse("statistics:report"), {"as": kind}).status_code == 200, kind
charts = door.get(reverse("admin:charts")).content.decode()
assert 'id="chart-of-most"' in charts and "토지" in charts and 'class="errornote"' not in charts
assert door.get(reverse("admin:index")).status_code == 200
print("counted")
"""


def test_statistics_are_counted_and_shown_in_a_database_of_their_own(tmp_path: Path) -> None:
    own = {
        "REPORTING_DATABASE_URL": f"sqlite:///{tmp_path}/reporting.sqlite3",
        "DJANGO_SETTINGS_MODULE": "library.settings",
        "ALLOWED_HOSTS": "testserver",
    }
    told = run("-c", STORY, **own)
    assert told.stdout.endswith("counted\n"), told.stderr
