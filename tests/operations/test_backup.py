"""`manage.py backup` while people borrow, and `manage.py restore` into another installation."""

import json
import os
import signal
import subprocess
import sys
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from dashboard.models import LoanRow
from kernel.eventbus.delivery.queries import pending_deliveries
from kernel.eventbus.models import Event, Receipt
from kernel.storage.databases import all_databases
from library.operations.backups.archive import BackupFault
from library.operations.backups.postgresql import Address
from library.operations.backups.postgresql import _load as load_dump
from library.operations.backups.restoring import deliver_what_was_on_its_way
from library.settings import BASE_DIR
from tests.bus import Bus
from tests.factories import everything_on_record
from tests.operations.archives import (
    FULL,
    NEEDS_PROGRAMS,
    Borrower,
    backed_up,
    found_in,
    refused,
    restored,
)
from tests.people import a_librarian, a_patron
from tests.processes import environment, run, until

pytestmark = NEEDS_PROGRAMS


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
    assert not found["uncounted"], "PostgreSQL would read whole tables until it gets to them"
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


def test_a_file_that_was_unpacked_from_windows_comes_back(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path
    (tmp_path / "covers\\9788937473135.jpg").write_text("a picture")
    call_command("restore", backed_up(tmp_path / "kept"), "--dry-run", stdout=StringIO())


def test_a_file_whose_name_no_archive_can_have_is_named(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path
    Path(os.fsdecode(os.fsencode(tmp_path) + "/도서.mrc".encode("cp949"))).write_text("of another system")
    refused("its name is not UTF-8. Rename it.", "backup", tmp_path / "kept")
    assert list((tmp_path / "kept").iterdir()) == []


def test_what_killed_backups_left_is_not_backed_up_and_goes_after_a_day(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path
    left = [tmp_path / ".library-20260301T000000-000001.zip.part", tmp_path / ".library-ab12_xyz" / "copy.sqlite3"]
    left[1].parent.mkdir()
    for path in left:
        path.write_text("everything")
    with zipfile.ZipFile(backed_up(tmp_path)) as opened:
        assert not [name for name in opened.namelist() if name.startswith("files/")]
    assert all(path.exists() for path in left), "another backup may be at work"
    for path in (left[0], left[1].parent):
        os.utime(path, (0, 0))
    backed_up(tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_backup_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    folder, files = tmp_path / "stopped", tmp_path / "files"
    files.mkdir()
    with (files / "endless.bin").open("wb") as file:
        file.truncate(1 << 40)
    command = [sys.executable, "manage.py", "backup", str(folder)]
    with subprocess.Popen(command, cwd=BASE_DIR, env=environment(FILES_DIR=str(files))) as backup:
        until(lambda: folder.exists() and list(folder.glob(".*.part")))
        backup.send_signal(signal.SIGTERM)
        assert backup.wait(timeout=60) == 128 + signal.SIGTERM
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
