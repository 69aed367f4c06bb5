"""What the first answers work out is there before programs are forked, and nothing else is left of them."""

import sys

import pytest
from django.db import connection

from tests.processes import run

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each program loads for itself"),
]
LOADS = """
import os, threading
from pathlib import Path
from library.operations.loaded_once.programs import load
from library.operations.web.forks import only_load
only_load()
load("library.wsgi", "library.operations.loaded_once.shared")
from django.conf import settings
from django.db import connections
from django.urls import get_resolver
from library.operations import health
"""
LEFT = """
opened = [os.readlink(entry) for entry in Path("/proc/self/fd").iterdir() if os.path.lexists(entry)]
print([name for name in opened if name.startswith("socket") or ".sqlite3" in name])
connected = [one for one in connections.all() if one.connection]
print(threading.active_count(), len(os.listdir("/proc/self/task")), len(connected))
print(settings.PROCESS, bool(connections["default"].settings_dict["OPTIONS"].get("pool")))
"""


def test_nothing_is_open_and_no_thread_has_begun_when_the_first_calls_were_answered() -> None:
    said = run("-c", LOADS + LEFT)
    assert said.stdout.splitlines() == ["[]", "1 1 0", f"web {connection.vendor == 'postgresql'}"], said.stderr


def test_addresses_and_migrations_are_looked_up_once_for_all_programs() -> None:
    said = run("-c", LOADS + "print('default' in health.seen_migrated, get_resolver()._populated)")
    assert said.stdout.split() == ["True", "True"], said.stderr


def test_what_can_not_serve_yet_is_loaded_too() -> None:
    said = run("-c", LOADS + LEFT, DATABASE_URL="postgres://nobody@127.0.0.1:9/none")
    assert said.stdout.splitlines() == ["[]", "1 1 0", "web True"], said.stderr


@pytest.mark.parametrize("names", ["library.example", ".example.com"])
def test_the_first_calls_are_answered_whatever_a_library_is_called(names: str) -> None:
    said = run("-c", LOADS + "print(get_resolver()._populated)", ALLOWED_HOSTS=names)
    assert (said.stdout.strip(), [line for line in said.stderr.splitlines() if "ERROR" in line]) == ("True", [])


def test_nobody_has_asked_so_no_call_is_logged() -> None:
    assert "library.requests" not in run("-c", LOADS).stderr
