"""Another team brings a context, uses it, and takes it out again; nobody else notices."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kernel.eventbus.delivery.queries import pending_deliveries_to
from kernel.eventbus.delivery.worker import deliver_due
from kernel.eventbus.models import Delivery
from library.operations.drift import drift
from library.settings import BASE_DIR
from tests.bus import Bus
from tests.people import Person, a_librarian, a_patron
from tests.processes import environment

pytestmark = pytest.mark.django_db(transaction=True)
CALL = """
from django.test import Client
caller = Client(headers={{"Authorization": {token!r}}})
answer = caller.generic({method!r}, "/api/v1/" + {path!r}, {body!r}, "application/json")
print(answer.status_code, answer.content.decode())
"""


def manage(*command: str, installed: bool = True) -> str:
    """Runs manage.py with the other team's context, or without it, and answers what it printed."""
    extra = {"EXTRA_APPS": "marketing", "PYTHONPATH": "examples"} if installed else {}
    command_line = [sys.executable, "manage.py", *command]
    settings = {**environment(), **extra, "ALLOWED_HOSTS": "testserver"}
    done = subprocess.run(command_line, cwd=BASE_DIR, env=settings, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def call(method: str, path: str, body: str = "", caller: Person | None = None) -> object:
    """A call to the library with the other team's context installed."""
    token = caller.authorization if caller else ""
    script = CALL.format(token=token, method=method, path=path, body=body)
    status, answer = manage("shell", "-v", "0", "-c", script).strip().split(" ", 1)
    assert status in {"200", "201"}, answer
    return json.loads(answer)


@pytest.fixture
def _leaves_no_table() -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS marketing_borrowed")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'marketing'")


@pytest.mark.usefixtures("_leaves_no_table")
def test_a_context_joins_hears_the_past_and_leaves() -> None:
    haneul, robin, librarian = a_patron("P-1"), a_patron("P-2", "Robin"), a_librarian()
    book, other = (librarian.post("books", {"title": title, "copies": 9}).json()["id"] for title in ("토지", "Emma"))
    Bus().settle()
    for wanted in (book, other):
        assert haneul.post("loans", {"book": wanted}).status_code == 201
    Bus().settle()

    manage("migrate", "-v", "0")
    assert "-> marketing.handlers.remember_borrower" in manage("eventmap")
    assert "marketing.handlers.remember_borrower: 2 events" in manage("replay", "marketing")
    assert call("GET", f"books/{book}/also-borrowed") == [{"book": other, "title": "Emma", "patrons": 1}]

    for wanted in (book, other):
        call("POST", "loans", json.dumps({"book": wanted}), robin)
    deliver_due()
    assert _owed_to_marketing() == 2
    manage("shell", "-v", "0", "-c", "from kernel.eventbus.delivery.worker import deliver_due; deliver_due()")
    assert call("GET", f"books/{book}/also-borrowed") == [{"book": other, "title": "Emma", "patrons": 2}]

    call("POST", "loans", json.dumps({"book": book}), librarian)
    manage("migrate", "marketing", "zero", "-v", "0")
    deliver_due()
    assert _owed_to_marketing() == 1
    assert Delivery.objects.count() == 1
    assert list(drift()) == []
    assert "1 delivery to marketing was deleted" in manage("discard_deliveries", "marketing", installed=False)
    assert not Delivery.objects.exists()


def test_nobody_takes_leave_of_a_context_that_still_listens() -> None:
    with pytest.raises(CommandError, match="dashboard is installed and listens"):
        call_command("discard_deliveries", "dashboard")


def _owed_to_marketing() -> int:
    return sum(owed.count() for owed in pending_deliveries_to("marketing"))
