"""A command whose database is away, or can't be used, says so in one sentence with the cure, and ends with 1."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DataError, OperationalError

from library.operations.database_faults import end_command, sentence_of
from library.settings import BASE_DIR

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


def test_whoever_asks_for_it_has_the_traceback(tmp_path: Path) -> None:
    assert "Traceback" in export(tmp_path, f"sqlite:///{tmp_path}", "--traceback").stderr


@pytest.mark.django_db(databases="__all__")
def test_a_locked_database_is_one_that_somebody_writes_into() -> None:
    sentence = sentence_of(OperationalError("database is locked: 20 seconds in the writer queue were not enough"))
    assert sentence.startswith("Somebody else writes into the database (database is locked")


def test_a_fault_of_the_command_itself_keeps_its_traceback() -> None:
    end_command(DataError("value too long"), ["manage.py", "export_books"])


def export(folder: Path, address: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """`export_books` into the folder, with the database at that address."""
    command = [sys.executable, BASE_DIR / "manage.py", "export_books", folder / "books.csv", *words]
    places = {"DATABASE_URL": address, "FILES_DIR": str(folder), "SEARCH_DIR": str(folder / "search")}
    apart = {name: text for name, text in os.environ.items() if not name.endswith("DATABASE_URL")}
    return subprocess.run(command, env=apart | places, capture_output=True, text=True, timeout=120)
