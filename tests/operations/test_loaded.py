"""What `make run` loads once and forks: no fork may find what does not outlive it, nor keep what is its parent's."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from library.settings import BASE_DIR

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each program loads for itself"),
]
LOADS = """
import os, signal, sys, threading, time
from library.operations.loaded_once.programs import load, start
from library.operations.web.forks import only_load, when_serving
only_load()
load("library.wsgi", "library.operations.loaded_once.shared")
from django.conf import settings
from django.db import connections
"""
BEGUN = """
print(threading.active_count(), [one for one in connections.all() if one.connection], settings.PROCESS)
"""
AS_WORKER = """
from library.operations.worker.role import take_role
wanted, before = {wanted}, connections["default"]
take_role()
now = connections["default"].settings_dict
print(settings.PROCESS, all(now[name] == value for name, value in wanted["default"].items()))
print(connections["default"] is not before, connections["default"].pool if {postgres} else None)
"""
BY_ITSELF = "import sys; sys.argv += ['watched_cluster']; from library import settings; print(settings.DATABASES)"
AS_WEB = """
from kernel.http.draining import is_draining
from library.operations.web.role import take_role
before = is_draining()
os.environ["DRAINING_MARK"] = "pyproject.toml"
take_role()
print(before, is_draining())
"""
FORKS = """
ours, theirs = os.pipe(), os.pipe()
signal.signal(signal.SIGTERM, lambda *_: print("the parent's", flush=True))
program = start(["python", "-m", "tests.operations.forked", *map(str, (ours[1], theirs[1]))],
    lambda: print("prepared", flush=True), {{**os.environ, "NAMED": "by the parent"}}, [theirs[1]])
os.close(theirs[1])
print(os.read(theirs[0], 100).decode(), flush=True)
{then}
print(program.wait(60), program.returncode == program.poll())
"""


def said_by(code: str, **more: str) -> list[str]:
    """What a program prints, in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=BASE_DIR, env=os.environ | more, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_loading_for_all_begins_no_thread_and_opens_no_connection() -> None:
    assert said_by(LOADS + BEGUN) == ["1 [] web"]


def test_with_debug_a_process_that_has_no_requests_keeps_few_statements(tmp_path: Path) -> None:
    kept = "print({len(one.queries_log) for one in connections.all()}, connections['default'].queries_log.maxlen)"
    asked = "[connections['default'].cursor().execute('SELECT 1') for _ in range(200)]\n"
    of_its_own = {"DATABASE_URL": f"sqlite:///{tmp_path}/library.sqlite3", "DEBUG": "1"}
    assert said_by(LOADS + asked + kept, **of_its_own) == ["{100} 100"]


@pytest.mark.parametrize("url", ["sqlite:////nowhere/none.sqlite3", "postgres://nobody@127.0.0.1:9/none"])
def test_a_worker_that_is_forked_connects_as_one_that_loads_for_itself(url: str) -> None:
    (wanted,) = said_by(BY_ITSELF, DATABASE_URL=url)
    as_worker = AS_WORKER.format(wanted=wanted, postgres=url.startswith("postgres"))
    assert said_by(LOADS + as_worker, DATABASE_URL=url) == ["worker True", "True None"]


def test_a_web_server_that_is_forked_hears_its_own_program_say_that_it_leaves() -> None:
    assert said_by(LOADS + AS_WEB) == ["False True"]


def test_a_forked_program_has_its_own_arguments_signals_and_descriptors() -> None:
    assert said_by(LOADS + FORKS.format(then="")) == [
        "prepared",
        "__main__ by the parent forked: closed, default",
        "7 True",
    ]


def test_a_forked_program_that_is_killed_says_by_what() -> None:
    *_, last = said_by(LOADS + FORKS.format(then="os.kill(program.pid, signal.SIGKILL)"), LINGERS="1")
    assert last == "-9 True"


HOLES = """
import ctypes
from library.operations.loaded_once.holes import take_free_room
system = ctypes.CDLL(None)
system.malloc.restype, system.free.argtypes, system.sbrk.restype = ctypes.c_size_t, [ctypes.c_size_t], ctypes.c_size_t
pieces = [system.malloc(size) for size in (80, 1_000, 3_000) * 300]
for piece in pieces[::2]:
    system.free(piece)
{take}
later = [system.malloc(size) for size in (80, 1_000, 3_000) * 100]
print(min(later) > max(pieces))
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="another allocator")
@pytest.mark.parametrize(("take", "lies_apart"), [("", "False"), ("take_free_room()", "True")])
def test_what_is_allocated_after_free_room_was_taken_lies_behind_all_that_was_there(take: str, lies_apart: str) -> None:
    assert said_by(HOLES.format(take=take)) == [lies_apart]


PASSED_OVER = """
from importlib import import_module
from library.operations.loaded_once.optional import passed_over
def finds(name):
    try:
        return bool(import_module(name))
    except ImportError:
        return False
with passed_over():
    print(finds("requests"), finds("psycopg"))
print(finds("requests"), finds("psycopg"))
"""


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ({"DATABASE_URL": "sqlite:///x"}, "False False"),
        ({"DATABASE_URL": "postgres://x/y"}, "False True"),
        ({"DATABASE_URL": "sqlite:///x", "FINES_DATABASE_URL": "postgres://x/y"}, "False True"),
        ({"DATABASE_URL_FILE": "/run/secrets/url"}, "False True"),
    ],
)
def test_packages_of_developers_are_passed_over_and_a_driver_where_no_database_wants_it(
    named: dict[str, str], found: str
) -> None:
    assert said_by(PASSED_OVER, **({"DATABASE_URL": ""} | named)) == [found, "True True"]
