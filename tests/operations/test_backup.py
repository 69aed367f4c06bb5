"""`manage.py backup` while people borrow, and `manage.py restore` into another installation."""

import json
import os
import re
import sqlite3
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from dashboard.models import LoanRow
from kernel.eventbus.delivery.queries import pending_deliveries
from kernel.eventbus.models import Event, Receipt
from kernel.storage.databases import all_databases
from library.operations.backups.archive import BackupFault, whole_file
from library.operations.backups.postgresql import Address
from library.operations.backups.postgresql import _load as load_dump
from library.operations.backups.restoring import deliver_what_was_on_its_way
from tests.bus import Bus
from tests.factories import everything_on_record
from tests.operations.elsewhere import another_installation
from tests.people import Person, a_librarian, a_patron
from tests.processes import run, until

pytestmark = [
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
from kernel.storage.databases import all_databases
waiting = sum(Delivery.objects.using(alias).exclude(status="done").count() for alias in all_databases())
print(json.dumps({"loans": list(Loan.objects.values_list("id", flat=True)), "undone": waiting}))
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


def test_a_backup_made_while_people_borrow_restores_every_loan_answered_before(
    tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    book = a_librarian().post("books", {"title": "광장", "copies": 4}).json()["id"]
    Bus().settle()
    borrowers = [Borrower(a_patron(f"P-800{number}"), book) for number in range(2)]
    for borrower in borrowers:
        borrower.start()
    try:
        until(lambda: all(len(borrower.answered) > 5 for borrower in borrowers))
        before = [loan for borrower in borrowers for loan in borrower.answered]
        path = backed_up(tmp_path / "kept")
        at_the_end = [len(borrower.answered) for borrower in borrowers]
        until(lambda: all(len(each.answered) > count for each, count in zip(borrowers, at_the_end, strict=True)))
    finally:
        for borrower in borrowers:
            borrower.stop.set()
            borrower.join()

    done = restored(path, **elsewhere)

    assert done.returncode == 0, done.stderr
    assert "The patrons' pages agree with lending and fines." in done.stdout
    found = found_in(elsewhere)
    assert set(before) <= set(found["loans"])
    assert found["undone"] == 0
    assert sum(len(borrower.answered) for borrower in borrowers) > len(found["loans"])


def test_an_archive_is_one_file_that_only_its_owner_may_read(archive: Path) -> None:
    assert archive.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]
    with zipfile.ZipFile(archive) as opened:
        manifest = json.loads(opened.read("manifest.json"))
    told = manifest["databases"]["default"]
    assert told["kind"] == connection.vendor
    assert told["rows"]["accounts_user"] == 2
    assert ["eventbus", "0001_initial"] in told["migrations"]
    assert told["last_event"]["id"] == Event.objects.latest("id").pk
    assert manifest["members"]["files/lists/새 책.csv"]["bytes"] == len("소나기".encode())


def test_files_come_back_and_what_is_there_is_replaced_only_when_asked(
    archive: Path, elsewhere: dict[str, str]
) -> None:
    assert restored(archive, **elsewhere).returncode == 0
    place = Path(elsewhere["FILES_DIR"], "lists", "새 책.csv")
    assert place.read_text() == "소나기"
    place.write_text("?")

    again = restored(archive, **elsewhere)

    assert again.returncode == 1
    assert "2 people in default" in again.stderr
    assert "--replace" in again.stderr
    assert place.read_text() == "?"
    replaced = restored(archive, "--replace", **elsewhere)
    assert replaced.returncode == 0, replaced.stderr
    assert place.read_text() == "소나기"
    assert len(found_in(elsewhere)["loans"]) == 1


def test_a_dry_run_checks_the_archive_and_changes_nothing(archive: Path) -> None:
    before, told = everything_on_record(), StringIO()
    call_command("restore", archive, "--dry-run", stdout=told)
    assert "is whole" in told.getvalue()
    assert everything_on_record() == before


@pytest.mark.parametrize("damage", ["cut off", "a changed byte", "no archive"])
def test_a_damaged_archive_is_refused_before_anything_is_touched(archive: Path, damage: str) -> None:
    content = bytearray(archive.read_bytes())
    if damage == "a changed byte":
        with zipfile.ZipFile(archive) as opened:
            content[opened.getinfo(opened.namelist()[0]).header_offset + 2_000] ^= 0xFF
    damaged = {"cut off": content[: len(content) // 2], "a changed byte": content, "no archive": b"books"}[damage]
    archive.write_bytes(damaged)

    refused("damaged", "restore", archive, "--replace")


def rewritten(archive: Path, change: Any) -> Path:
    """The same archive with another manifest, and what else `change` does."""
    told = archive.with_name("rewritten.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(told, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        for name in manifest["members"]:
            new.writestr(name, old.read(name))
        change(manifest, new)
        new.writestr("manifest.json", json.dumps(manifest))
    return told


def test_an_archive_of_a_newer_version_is_refused(archive: Path) -> None:
    def change(manifest: dict[str, Any], _: zipfile.ZipFile) -> None:
        manifest["databases"]["default"]["migrations"].append(["lending", "9999_holds"])

    refused("lending 9999_holds is unknown here", "restore", rewritten(archive, change), "--replace")


def test_an_archive_of_another_kind_of_database_is_refused(archive: Path) -> None:
    def change(manifest: dict[str, Any], _: zipfile.ZipFile) -> None:
        manifest["databases"]["default"]["kind"] = "oracle"

    refused("The archive has default on oracle", "restore", rewritten(archive, change), "--replace")


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/outside.txt", "lists/../../outside.txt"])
def test_an_archive_can_not_write_outside_of_the_files_folder(archive: Path, name: str) -> None:
    def change(manifest: dict[str, Any], new: zipfile.ZipFile) -> None:
        new.writestr(f"files/{name}", b"")
        manifest["members"][f"files/{name}"] = {"bytes": 0, "sha256": sha256().hexdigest()}

    refused("leads out of its folder", "restore", rewritten(archive, change), "--replace")


def test_an_archive_can_not_write_through_a_link(archive: Path, settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "there"
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "lists").symlink_to(tmp_path / "here")

    refused("leads out of its folder", "restore", archive, "--replace")


def test_nothing_is_put_in_place_while_somebody_is_connected(archive: Path) -> None:
    connection.ensure_connection()
    done = restored(archive, "--replace")

    assert done.returncode == 1
    assert "stop web and worker first" in done.stderr
    assert Event.objects.exists()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps its log in the server")
def test_what_a_crash_left_beside_the_database_is_not_played_into_the_restored_one(
    archive: Path, elsewhere: dict[str, str]
) -> None:
    assert restored(archive, **elsewhere).returncode == 0
    place = Path(elsewhere["DATABASE_URL"].removeprefix("sqlite:///"))
    with closing(sqlite3.connect(place)) as session:
        kept = place.with_name("kept.sqlite3")
        kept.write_bytes(place.read_bytes())
        session.executescript("PRAGMA journal_mode=WAL; UPDATE accounts_user SET name = 'of the old library'")
        log = place.with_name(f"{place.name}-wal").read_bytes()
    place.unlink()
    place.with_name(f"{place.name}-wal").write_bytes(log)

    loaded = run("-c", LOAD, str(kept), **elsewhere, DJANGO_SETTINGS_MODULE="library.settings")
    assert loaded.returncode == 0, loaded.stderr

    with closing(sqlite3.connect(place)) as session:
        names = {name for (name,) in session.execute("SELECT name FROM accounts_user")}
    assert "of the old library" not in names
    assert len(names) == 2


def test_what_a_killed_backup_left_is_in_nobodys_way(tmp_path: Path) -> None:
    whole = tmp_path / "list.csv"
    (tmp_path / ".list.csv.part").write_text("half")
    with whole_file(whole) as file:
        file.write("소나기".encode())
    assert whole.read_text() == "소나기"
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite loads no script")
def test_a_server_that_gives_up_in_the_middle_is_told_of_and_not_waited_for(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, does in (("psql", "echo 'could not extend file' >&2; exit 3"), ("pg_restore", "yes | head -c 1000000")):
        said = f"echo '{name} (PostgreSQL) 99.1'"
        (tmp_path / name).write_text(f'#!/bin/sh\n[ "$1" = --version ] && {said} && exit\n{does}\n')
        (tmp_path / name).chmod(0o755)
    address = Address("default")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(BackupFault, match="psql failed: could not extend file"):
        load_dump(address, str(archive))


def test_a_full_disk_leaves_no_half_archive(tmp_path: Path) -> None:
    folder = tmp_path / "full"
    full = run("-c", FULL, str(folder), DJANGO_SETTINGS_MODULE="library.settings")

    assert full.returncode == 1
    assert str(folder) in full.stderr
    assert "Traceback" not in full.stderr
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_none_is_named(archive: Path) -> None:
    refused(f"can't be written to {archive}", "backup", archive)


def test_older_archives_go_and_other_files_stay(archive: Path) -> None:
    other = archive.with_name("library-notes.zip")
    other.write_text("mine")
    second = backed_up(archive.parent)
    third = backed_up(archive.parent, keep=2)
    assert {path.name for path in archive.parent.iterdir()} == {other.name, second.name, third.name}


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite needs no programs")
def test_programs_that_are_missing_or_too_old_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    refused("pg_dump is missing", "backup", tmp_path / "kept")
    for name in ("pg_dump", "pg_restore", "psql"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) 9.6.1'\n")
        (tmp_path / name).chmod(0o755)
    refused("is older than the server", "backup", tmp_path / "kept")
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.skipif(len(all_databases()) == 1, reason="one database is of one moment: see make test-apart")
def test_what_another_database_had_not_heard_of_is_told_again_and_the_rest_is_not() -> None:
    book = a_librarian().post("books", {"title": "광장", "copies": 3}).json()["id"]
    Bus().settle()
    patron = a_patron()
    older, newer = (patron.post("loans", {"book": book}).json()["id"] for _ in range(2))
    Bus().settle()
    receipts = Receipt.objects.using("dashboard")
    told = Event.objects.using("lending").get(name="BookBorrowed", payload__loan=newer)
    LoanRow.objects.filter(pk=newer).delete()  # as if its snapshot were of the moment before
    receipts.filter(event=told.uuid).delete()
    LoanRow.objects.filter(pk=older).update(title="heard of")

    deliver_what_was_on_its_way(timezone.now())

    assert LoanRow.objects.get(pk=newer).title == "광장"
    assert LoanRow.objects.get(pk=older).title == "heard of"
    assert pending_deliveries() == {"waiting": 0, "dead": 0}
