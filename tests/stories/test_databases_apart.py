"""Contexts with databases of their own, on another server or of another kind."""

import http.client
import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kernel.eventbus.delivery.dispatch import wake
from kernel.eventbus.models import Delivery, Lease
from kernel.storage.databases import all_databases
from tests.bus import Bus
from tests.factories import LONG_AGO
from tests.people import Person, a_librarian, a_patron
from tests.processes import cluster, run, until, web
from tests.servers import StoppablePostgres, free_port, stoppable_postgres

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(len(all_databases()) > 1, reason="the databases of this run are apart already"),
]

STORY = """
import django
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()
from types import SimpleNamespace
from django.core.management import call_command
for alias in ("catalog", "lending"):
    call_command("migrate", database=alias, verbosity=0)

from django.db import connections
from django.test import Client
from django.urls import reverse
from accounts.models import User
from accounts.services import register_patron
from library.operations.drift import drift
from kernel.eventbus.delivery.worker import deliver_due
from kernel.eventbus.models import Delivery, Event, Receipt
from kernel.eventbus.delivery.queries import pending_deliveries
from kernel.eventbus.stream.log import events_after
from tests.factories import Town

assert (connections["catalog"].vendor, connections["lending"].vendor) == ("sqlite", "postgresql")
town = Town(SimpleNamespace(settle=deliver_due), None)
book = town.book(copies=4)
haneul = town.haneul
loan = town.lend_long_ago(haneul, book, quantity=3)
town.lend(haneul, book)
assert (town.available(book), town.listed(book)) == (0, 0)
town.give_back(haneul, loan, 2)
page = town.page(haneul)
assert (page["copies_on_loan"], page["fines_outstanding"]) == (2, 2000), page
assert (town.available(book), town.listed(book)) == (2, 2)
(fine,) = page["fines"]
assert town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 2000}).status_code == 201
deliver_due()
assert town.page(haneul)["fines_outstanding"] == 0

key = {"Idempotency-Key": "once"}
first, again = (haneul.post("loans", {"book": book}, headers=key).json() for _ in range(2))
assert first == again and town.available(book) == 1
deliver_due()
assert list(drift()) == [] and pending_deliveries() == {"waiting": 0, "dead": 0}
for alias in connections:  # as where their databases' word that they are done was lost, or restored
    Delivery.objects.using(alias).filter(status="done").update(status="waiting", attempts=0)
assert pending_deliveries()["waiting"] > 5
deliver_due()
assert list(drift()) == [] and pending_deliveries() == {"waiting": 0, "dead": 0}
assert not Event.objects.using("lending").filter(name="BookRegistered").exists()
assert not Receipt.objects.using("catalog").filter(handler__startswith="lending").exists()
assert Receipt.objects.using("catalog").count() == Event.objects.using("lending").exclude(name="TermsKept").count()

told = [event.position for event in events_after(0, 100)]
assert told == list(range(1, len(told) + 1))
assert [event.position for event in events_after(0, 100)] == told
names = [event.name for event in events_after(0, 100)]
assert names.count("BookRegistered") == 1 and names.count("BookBorrowed") == 3 and names.count("FinePaid") == 1

call_command("replay", "dashboard", "--from-empty", verbosity=0)
assert list(drift()) == []

door = Client()
door.force_login(User.objects.create_superuser("OP-1", name="Operator"))
assert "대출" in door.get(reverse("admin:index"), headers={"Accept-Language": "ko"}).content.decode()
for thing in ("lending_loan", "lending_patron", "fines_fine", "catalog_book", "eventbus_event", "eventbus_delivery"):
    for question in ("", "?q=P-7001", "?q=" + haneul.user.name):
        assert door.get(reverse(f"admin:{thing}_changelist") + question).status_code == 200, (thing, question)
assert "P-7001" in door.get(reverse("admin:lending_loan_changelist") + "?q=P-7001").content.decode()
assert "P-7001" in door.get(reverse("admin:fines_fine_changelist") + "?q=P-7001").content.decode()
assert door.get(reverse("admin:fines_fine_change", args=[fine["id"]])).status_code == 200
owed = door.get(reverse("admin:eventbus_delivery_changelist") + "?database=lending").content.decode()
assert 'field-handler">catalog.handlers.follow_copies' in owed and 'field-handler">lending.' not in owed
page = reverse("admin:eventbus_delivery_change", args=[2]) + "?_changelist_filters=database%3Dlending"
assert "loan:" in door.get(page).content.decode()
print("told")
"""

ANSWERED = """
import django
django.setup()
from kernel.eventbus.delivery.worker import deliver_due
deliver_due()
"""

ASKED = """
import django
django.setup()
from django.test import Client
for path in ["books"] * 5 + ["books/1/availability"]:
    print(Client().get(f"/api/v1/{path}").status_code)
"""

KILLED = """
import os, signal
import django
django.setup()
from django.core.management import call_command
call_command("migrate", database="catalog", verbosity=0)
from django.db import connections
from catalog.models import Book, Copy
from kernel.eventbus.delivery.worker import deliver_due
from kernel.eventbus.models import Receipt
for model in (Book, Copy):
    model.objects.bulk_create(model.objects.using("default").all())

def dies_behind_a_receipt(execute, *statement):
    if Receipt.objects.using("catalog").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(*statement)

with connections["default"].execute_wrapper(dies_behind_a_receipt):
    deliver_due()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[StoppablePostgres]:
    """A database server beside the suite's own."""
    with stoppable_postgres() as server:
        yield server


class Caller:
    """Somebody with a card who calls a real web process."""

    def __init__(self, port: int, person: Person) -> None:
        self.port, self.headers = port, {"Authorization": person.authorization, "Content-Type": "application/json"}

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and what was answered; 0 while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, self.headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except OSError:
            return 0, None
        finally:
            connection.close()


def test_patrons_borrow_while_the_catalogues_server_is_down_and_it_catches_up(
    server: StoppablePostgres, tmp_path: Path
) -> None:
    file = f"sqlite:///{tmp_path}/fines.sqlite3"  # asked for work after the catalogue, which must not stop it
    own, port = {"CATALOG_DATABASE_URL": server.url, "FINES_DATABASE_URL": file, "WORKERS": "1"}, free_port()
    migrated = run("manage.py", "migrate", "-v", "0", **own)
    assert migrated.returncode == 0, migrated.stderr
    ada, haneul = a_librarian(), a_patron()
    Bus().settle()
    with web(port, **own), cluster(**own):
        desk, patron = Caller(port, ada), Caller(port, haneul)
        until(lambda: patron("GET", "/health/ready")[0] == 200)
        assert patron("GET", "/health/ready")[1]["status"] == "ready"
        book = desk("POST", "/api/v1/books", {"title": "무진기행", "copies": 5})[1]["id"]

        def in_the_catalogue() -> int:
            return patron("GET", f"/api/v1/books/{book}")[1].get("copies_available", -1)

        def can_be_lent() -> int:
            return patron("GET", f"/api/v1/books/{book}/availability")[1].get("copies_available", 0)

        def on_the_page(what: str) -> int:
            wake()  # in an installation the minute's sweep does this
            return patron("GET", "/api/v1/dashboard")[1][what]

        until(lambda: can_be_lent() == 5)
        status, kept = patron("POST", "/api/v1/loans", {"book": book})
        until(lambda: in_the_catalogue() == 4)

        server.stop()
        assert patron("GET", f"/api/v1/books/{book}")[0] == 503
        assert patron("POST", "/api/v1/loans", {"book": book, "quantity": 2})[0] == 201
        assert patron("POST", f"/api/v1/loans/{kept['id']}/return", {})[0] == 200
        late = {"patron": haneul.id, "book": book, "borrowed_on": LONG_AGO}
        status, loan = desk("POST", "/api/v1/loans", late)
        assert (status, patron("POST", f"/api/v1/loans/{loan['id']}/return", {})[1]["days_late"] > 14) == (201, True)
        until(lambda: on_the_page("fines_outstanding") == 2000)
        assert (on_the_page("copies_on_loan"), can_be_lent()) == (2, 3)
        status, health = patron("GET", "/health/ready")
        assert (status, health["status"], health["checks"]["database of catalog"]) == (200, "ready in part", False)
        owed = Delivery.objects.exclude(status="done")
        assert {delivery.handler for delivery in owed} == {"catalog.handlers.follow_copies"}
        assert {delivery.attempts for delivery in owed if not delivery.claim} <= {0}

        server.start()
        until(lambda: wake() or (in_the_catalogue() == 3 and not Delivery.objects.exclude(status="done").exists()))

        def log() -> list[Any]:
            return Caller(port, ada)("GET", "/api/v1/events")[1]["results"]

        # A web process asks a database that was away again after a pause.
        until(lambda: any(event["type"] == "BookRegistered" for event in log()))
        entries = log()

    told = [event["type"] for event in entries]
    assert (told.count("BookRegistered"), told.count("CopyAdded"), told.count("BookBorrowed")) == (1, 5, 3)
    assert [event["position"] for event in entries] == list(range(1, len(told) + 1))
    assert not Delivery.objects.filter(attempts__gt=1).exists()


def test_a_handler_waits_for_its_database_and_has_one_effect_though_its_worker_is_killed(tmp_path: Path) -> None:
    haneul, ada = a_patron(), a_librarian()
    book = ada.post("books", {"title": "광장", "copies": 2}).json()["id"]
    Bus().settle()
    assert haneul.post("loans", {"book": book}).status_code == 201
    Delivery.objects.exclude(handler="catalog.handlers.follow_copies").update(status="done")
    file = tmp_path / "catalog.sqlite3"
    own = {"CATALOG_DATABASE_URL": f"sqlite:///{file}", "DJANGO_SETTINGS_MODULE": "library.settings"}

    away, empty = f"postgres://library@127.0.0.1:{free_port()}/away", f"sqlite:///{tmp_path}/empty.sqlite3"
    away = run("-c", ANSWERED, **{**own, "CATALOG_DATABASE_URL": away, "DASHBOARD_DATABASE_URL": empty})
    assert away.returncode == 0, away.stderr
    assert Delivery.objects.get(status="waiting").attempts == 0

    killed = run("-c", KILLED, **own)
    assert killed.returncode == -9, killed.stderr
    owed, lease = Delivery.objects.get(status="waiting"), Lease.objects.get()
    assert (owed.attempts, lease.deliveries) == (0, [owed.pk])
    with sqlite3.connect(file) as catalog:
        assert catalog.execute("SELECT count(*) FROM catalog_copy WHERE place = 'loan'").fetchone() == (1,)
        catalog.execute("UPDATE catalog_copy SET place = 'shelf'")  # another effect would be seen by this

    Lease.objects.update(until=timezone.now())
    again = run("-c", ANSWERED, **own)
    assert again.returncode == 0, again.stderr
    owed.refresh_from_db()
    assert (owed.status, owed.attempts) == ("done", 2)
    with sqlite3.connect(file) as catalog:
        assert catalog.execute("SELECT count(*) FROM catalog_copy WHERE place = 'loan'").fetchone() == (0,)
        assert catalog.execute("SELECT count(*) FROM eventbus_receipt").fetchone() == (1,)


def test_a_catalogue_that_is_silent_holds_nobody_up_twice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        own = {"CATALOG_DATABASE_URL": f"postgres://library@127.0.0.1:{silent.getsockname()[1]}/silent"}
        told = run("-c", ASKED, **own, DJANGO_SETTINGS_MODULE="library.settings", ALLOWED_HOSTS="testserver")
        asked = 0
        with suppress(BlockingIOError):
            while True:
                silent.accept()[0].close()
                asked += 1
    assert told.stdout.split() == ["503"] * 5 + ["404"], told.stderr
    assert asked == 1


@pytest.mark.once
def test_a_catalogue_in_a_file_and_lending_on_a_server(server: StoppablePostgres, tmp_path: Path) -> None:
    own = {
        "CATALOG_DATABASE_URL": f"sqlite:///{tmp_path}/catalog.sqlite3",
        "LENDING_DATABASE_URL": server.new_database("lending"),
        "DJANGO_SETTINGS_MODULE": "library.settings",
        "ALLOWED_HOSTS": "testserver",
    }
    told = run("-c", STORY, **own)
    assert told.stdout.endswith("told\n"), told.stderr
