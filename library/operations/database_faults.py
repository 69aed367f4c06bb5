"""What any command says when a database is away or can't be used: one sentence with the fault and its cure."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from django.db import Error as DatabaseFault
from django.db import connections

from kernel.storage.databases import all_databases, is_out_of_reach
from library.operations.health import is_migrated

IN_FULL = "--traceback"
LOCKED = ("database is locked", "database table is locked")
NO_DATABASE = ("file is not a database", "malformed")
FULL = ("disk is full", "No space left on device")
LEAST_ROOM = 1 << 20
"""Bytes that SQLite needs beside a file to open it; where they are missing it has an error of the disk."""


def end_command(fault: DatabaseFault, typed: Sequence[str]) -> None:
    """Ends the command with status 1 and the sentence, unless the traceback was asked for or the fault is the command's
    own. What its transaction had written is rolled back by then."""
    if IN_FULL not in typed and is_out_of_reach(fault):
        sys.exit(f"CommandError: {sentence_of(fault)}")


def sentence_of(fault: DatabaseFault) -> str:
    """What is wrong, and what cures it."""
    said = _first_line(fault)
    if said.startswith(LOCKED):
        return f"Somebody else writes into the database ({said}): run the command again when that is over."
    if any(words in said for words in FULL):
        return f"The disk of the database is full ({said}): make room, old backups first, and run the command again."
    for alias in all_databases():
        if found := why_not(alias):
            why, cure = found
            return f"The database {alias} can't be used ({why}): {cure}."
        if not connections[alias].in_atomic_block and is_migrated(alias) is False:
            return f"The database {alias} lacks tables of this release ({said}): run ./manage.py migrate."
    return f"The database failed ({said}): run ./manage.py doctor, and the command again when the fault is gone."


def why_not(alias: str) -> tuple[str, str] | None:
    """Why nobody can connect to a database, and what cures it; nothing where one can."""
    connection = connections[alias]
    path = Path(connection.settings_dict["NAME"])
    try:
        connection.close()
        connection.ensure_connection()
    except DatabaseFault as fault:
        is_folder = connection.vendor == "sqlite" and path.is_dir()
        why = f"{path} is a folder" if is_folder else _first_line(fault)
        setting = "DATABASE_URL" if alias == "default" else f"{alias.upper()}_DATABASE_URL"
        return why, f"{cure_of(connection.vendor, path, why)}, or correct {setting}"
    return None


def cure_of(kind: str, path: Path, why: str) -> str:
    """What lets a database be connected to again, whose file that is on SQLite."""
    if any(words in why for words in NO_DATABASE):
        return "restore a backup"
    if kind != "sqlite":
        return "start it"
    if path.is_file() and shutil.disk_usage(path.parent).free < LEAST_ROOM:
        return f"make room on the disk of {path.parent}, old backups first"
    return f"let the library read and write {path} and its folder"


def _first_line(fault: DatabaseFault) -> str:
    return str(fault).strip().partition("\n")[0].rstrip(".:")
