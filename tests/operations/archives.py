"""Archives that tests make, and other installations that they are restored into."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from tests.bus import Bus
from tests.factories import everything_on_record
from tests.operations.elsewhere import another_installation
from tests.people import Person, a_librarian, a_patron
from tests.processes import run

NEEDS_PROGRAMS = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor == 'postgresql' and not __import__('shutil').which('pg_dump')",
        reason="PostgreSQL's client programs (pg_dump) are not installed",
    ),
]
FOUND = """
import django
django.setup()
import json
from lending.models import Loan
from kernel.eventbus.models import Delivery
from kernel.storage.databases import all_databases, connection_of
waiting = sum(Delivery.objects.using(alias).exclude(status="done").count() for alias in all_databases())
uncounted = []
if connection_of("lending").vendor == "postgresql":
    with connection_of("lending").cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname = 'lending_loan' AND reltuples < 1")
        uncounted = [name for (name,) in cursor.fetchall()]
loans = list(Loan.objects.values_list("id", flat=True))
print(json.dumps({"loans": loans, "undone": waiting, "uncounted": uncounted}))
"""
LOAD = """
import django
django.setup()
import pathlib, sys
from library.operations.backups.sqlite import load
load("default", [pathlib.Path(sys.argv[1]).read_bytes()])
"""
FULL = """
import resource, signal, sys
from django.core.management import execute_from_command_line
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, 4_096))
execute_from_command_line(["manage.py", "backup", sys.argv[1]])
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an empty installation."""
    (tmp_path / "elsewhere").mkdir()
    with another_installation(tmp_path / "elsewhere") as there:
        yield there


@pytest.fixture
def archive(tmp_path: Path, settings: Any) -> Path:
    """A backup of a library with one exchanged file and one loan, whose events nobody has heard of yet."""
    settings.FILES_DIR = tmp_path / "here"
    (tmp_path / "here" / "lists").mkdir(parents=True)
    (tmp_path / "here" / "lists" / "새 책.csv").write_text("소나기")
    book = a_librarian().post("books", {"title": "소나기", "copies": 3}).json()["id"]
    Bus().settle()
    assert a_patron().post("loans", {"book": book}).status_code == 201
    return backed_up(tmp_path / "kept")


def restored(archive: Path, *options: str, **there: str) -> subprocess.CompletedProcess[str]:
    """A restore in a process of its own."""
    return run("manage.py", "restore", str(archive), *options, **there)


def backed_up(folder: Path, **options: Any) -> Path:
    """The archive that a backup into the folder made."""
    told = StringIO()
    call_command("backup", folder, stdout=told, stderr=StringIO(), **options)
    return Path(told.getvalue().strip())


def refused(why: str, *command: Any) -> None:
    """The command says in a sentence what is wrong, before anything is touched."""
    before = everything_on_record()
    with pytest.raises(CommandError, match=re.escape(why)):
        call_command(*command, stdout=StringIO())
    assert everything_on_record() == before


def found_in(there: dict[str, str]) -> dict[str, Any]:
    """What another installation has."""
    told = run("-c", FOUND, **there, DJANGO_SETTINGS_MODULE="library.settings")
    assert told.returncode == 0, told.stderr
    return dict(json.loads(told.stdout))


class Borrower(threading.Thread):
    """Somebody who borrows and returns until told to stop, and remembers every loan that was answered."""

    def __init__(self, person: Person, book: int) -> None:
        super().__init__()
        self.person, self.book = person, book
        self.answered: list[int] = []
        self.stop = threading.Event()

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                loan = self.person.post("loans", {"book": self.book}).json()
                self.answered.append(loan["id"])
                self.person.post(f"loans/{loan['id']}/return", {})
        finally:
            connections.close_all()
