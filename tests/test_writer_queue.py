"""SQLite's writer queue: in order, bounded, and never held by a process that died."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.db.transaction import atomic
from django.db.utils import ConnectionHandler

from kernel.connecting import database_settings
from kernel.storage.precedence import going_first
from kernel.storage.sqlite import writer_queue
from kernel.storage.sqlite.writer_queue import WriterQueue
from library.settings import BASE_DIR

IN_A_PROCESS = """
import sys
from kernel.storage.sqlite.writer_queue import WriterQueue
queue = WriterQueue(sys.argv[1])
queue.enter()
if "writes" in sys.argv:
    queue.wait(0)
print("there", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    """The file that the queue is made of."""
    return str(tmp_path / "one.sqlite3-queue")


@pytest.fixture
def desks(tmp_path: Path, django_db_blocker: Any) -> Iterator[tuple[str, str]]:
    """The aliases of two connections to one database with an empty table; neither waits for long."""
    settings = database_settings(f"sqlite:///{tmp_path}/one.sqlite3", pool=0, process="command")
    settings["OPTIONS"]["timeout"] = 0.01
    desks = "one", "other"
    ready = ConnectionHandler({"default": {}, **{desk: dict(settings) for desk in desks}}).settings
    connections.settings.update({desk: ready[desk] for desk in desks})
    with django_db_blocker.unblock():
        connections["one"].cursor().execute("CREATE TABLE loan (id integer PRIMARY KEY)")
        yield desks
        for desk in desks:
            connections[desk].close()
            del connections[desk], connections.settings[desk]


def entered(path: str, *, first: bool = False) -> WriterQueue:
    """Somebody in the queue."""
    queue = WriterQueue(path)
    queue.enter(first)
    return queue


def lend(desk: str) -> None:
    """Writes with a single statement."""
    connections[desk].cursor().execute("INSERT INTO loan DEFAULT VALUES")


def lent(desk: str) -> int:
    """How much was written and committed."""
    return int(connections[desk].cursor().execute("SELECT count(*) FROM loan").fetchone()[0])


def test_who_came_first_is_first_even_when_the_next_is_quicker(path: str) -> None:
    first, second, third = entered(path), entered(path), entered(path)
    first.wait(0)
    first.leave()
    with pytest.raises(OperationalError, match="database is locked"):
        third.wait(0)
    second.wait(0)
    with pytest.raises(OperationalError):
        entered(path).wait(0)
    second.leave()
    entered(path).wait(0)


def test_who_goes_first_is_before_all_who_came_just_now(path: str) -> None:
    writer, crowd = entered(path), entered(path)
    writer.wait(0)
    scans = entered(path, first=True), entered(path, first=True)
    with pytest.raises(OperationalError):
        entered(path, first=True).wait(0)
    writer.leave()
    for scan in scans:
        scan.wait(0)
        scan.leave()
    crowd.wait(0)


def test_who_waits_longer_than_the_head_start_is_not_overtaken(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_queue, "HEAD_START", 0)
    crowd, first = entered(path), entered(path, first=True)
    with pytest.raises(OperationalError):
        first.wait(0)
    crowd.wait(0)


def test_a_transaction_that_goes_first_begins_before_a_crowd(desks: tuple[str, str], tmp_path: Path) -> None:
    crowd = entered(str(tmp_path / "one.sqlite3-queue"))
    with pytest.raises(OperationalError, match="in the writer queue"), atomic("one"):
        pass
    with going_first(), atomic("one"):
        lend("one")
    crowd.wait(0)
    crowd.leave()
    assert lent("other") == 1


def test_who_gives_up_blocks_nobody(path: str) -> None:
    first, second, third = entered(path), entered(path), entered(path)
    first.wait(0)
    with pytest.raises(OperationalError):
        second.wait(0)
    first.leave()
    third.wait(0)


@pytest.mark.parametrize("role", ["writes", "waits"])
def test_a_process_that_is_killed_blocks_nobody(path: str, role: str) -> None:
    command = [sys.executable, "-c", IN_A_PROCESS, path, role]
    with subprocess.Popen(command, cwd=BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "there\n"
        with pytest.raises(OperationalError):
            entered(path).wait(0)
        waiting = entered(path)
        other.kill()
        other.wait()
        waiting.wait(0)


def test_a_transaction_is_the_only_writer_and_readers_do_not_wait(desks: tuple[str, str]) -> None:
    one, other = desks
    with atomic(one):
        lend(one)
        with pytest.raises(OperationalError, match="in the writer queue"), atomic(other):
            pass
        with pytest.raises(OperationalError, match="in the writer queue"):
            lend(other)
        assert (lent(one), lent(other)) == (1, 0)
    lend(other)
    assert lent(one) == 2


@pytest.mark.parametrize("end", ["refused", "broken", "closed"])
def test_however_a_transaction_ends_the_next_one_begins(desks: tuple[str, str], end: str) -> None:
    one, other = desks
    with suppress(OperationalError), atomic(one):
        lend(one)
        if end == "closed":
            connections[one].close()
        if end == "broken":
            connections[one].connection.close()
        raise OperationalError
    with atomic(other):
        lend(other)
    assert lent(other) == 1
