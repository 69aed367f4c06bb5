"""A command whose database is away, or can't be used, says so in one sentence with the cure, and ends with 1."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import DataError, OperationalError

from library.operations.database_faults import cure_of, end_command, sentence_of
from library.settings import BASE_DIR
from tests.processes import run

AWAY = [
    ("sqlite:///{}/folder", "is a folder): let the library read and write", "or correct DATABASE_URL."),
    ("sqlite:///{}/none/library.sqlite3", "unable to open database file): let the library", "or correct DATABASE_URL."),
    ("sqlite:///{}/text.sqlite3", "file is not a database): restore a backup", "or correct DATABASE_URL."),
    ("sqlite:///{}/empty.sqlite3", "lacks tables of this release", "run ./manage.py migrate."),
    ("postgres://ada:secret@127.0.0.1:1/library", "Connection refused): start it", "or correct DATABASE_URL."),
]


@pytest.mark.parametrize(("address", "fault", "cure"), AWAY)
def test_a_command_names_the_fault_and_the_cure(tmp_path: Path, address: str, fault: str, cure: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.sqlite3").write_text("서명,등록번호\n" * 100)
    (tmp_path / "empty.sqlite3").touch()

    done = export(tmp_path, address.format(tmp_path))

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("CommandError: The database default ")
    assert fault in sentence
    assert sentence.endswith(cure)
    assert not list(tmp_path.glob("books.csv*"))


def test_a_backup_and_the_doctor_name_them_too(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/none/library.sqlite3"
    cure = f"et the library read and write {tmp_path}/none/library.sqlite3 and its folder, or correct DATABASE_URL."
    for words, begins in (
        (("backup", str(tmp_path / "kept")), f"CommandError: Nothing was backed up to {tmp_path}/kept. The database"),
        (("doctor", "--quick"), "The database default can't be used (unable to open database file)."),
    ):
        done = run("manage.py", *words, DATABASE_URL=address, FILES_DIR=str(tmp_path))
        assert done.returncode == 1
        assert begins in done.stdout + done.stderr
        assert cure in done.stdout + done.stderr


def test_whoever_asks_for_it_has_the_traceback(tmp_path: Path) -> None:
    assert "Traceback" in export(tmp_path, f"sqlite:///{tmp_path}", "--traceback").stderr


@pytest.mark.django_db(databases="__all__")
def test_a_locked_database_is_one_that_somebody_writes_into() -> None:
    sentence = sentence_of(OperationalError("database is locked: 20 seconds in the writer queue were not enough"))
    assert sentence.startswith("Somebody else writes into the database (database is locked")


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize(
    "said", ["database or disk is full", 'could not extend file "base/5/16": No space left on device\nHINT:  Check it.']
)
def test_a_full_disk_is_called_so(said: str) -> None:
    sentence = sentence_of(OperationalError(said))
    assert sentence.startswith("The disk of the database is full (")
    assert "make room" in sentence


def test_a_file_that_can_not_be_opened_since_its_disk_is_full_needs_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "library.sqlite3").write_text("")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=0))
    cure = cure_of("sqlite", tmp_path / "library.sqlite3", "disk I/O error")
    assert cure == f"make room on the disk of {tmp_path}, old backups first"


def test_a_fault_of_the_command_itself_keeps_its_traceback() -> None:
    end_command(DataError("value too long"), ["manage.py", "export_books"])


def export(folder: Path, address: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """`export_books` into the folder, with the database at that address."""
    command = [sys.executable, BASE_DIR / "manage.py", "export_books", folder / "books.csv", *words]
    places = {"DATABASE_URL": address, "FILES_DIR": str(folder), "SEARCH_DIR": str(folder / "search")}
    apart = {name: text for name, text in os.environ.items() if not name.endswith("DATABASE_URL")}
    return subprocess.run(command, env=apart | places, capture_output=True, text=True, timeout=120)
