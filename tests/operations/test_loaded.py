"""What `make run` loads once and forks: no fork may find what does not outlive it, nor keep what is its parent's."""

import os
import subprocess
import sys

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


@pytest.mark.parametrize("url", ["sqlite:////tmp/none.sqlite3", "postgres://nobody@127.0.0.1:9/none"])
def test_a_worker_that_is_forked_connects_as_one_that_loads_for_itself(url: str) -> None:
    (wanted,) = said_by(BY_ITSELF, DATABASE_URL=url)
    as_worker = AS_WORKER.format(wanted=wanted, postgres=url.startswith("postgres"))
    assert said_by(LOADS + as_worker, DATABASE_URL=url) == ["worker True", "True None"]


def test_a_forked_program_has_its_own_arguments_signals_and_descriptors() -> None:
    assert said_by(LOADS + FORKS.format(then="")) == [
        "prepared",
        "__main__ by the parent forked: closed, default",
        "7 True",
    ]


def test_a_forked_program_that_is_killed_says_by_what() -> None:
    *_, last = said_by(LOADS + FORKS.format(then="os.kill(program.pid, signal.SIGKILL)"), LINGERS="1")
    assert last == "-9 True"
