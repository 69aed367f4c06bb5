"""What any command says when a database is away or can't be used: one sentence with the fault and its cure."""

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
    for alias in all_databases():
        setting = "DATABASE_URL" if alias == "default" else f"{alias.upper()}_DATABASE_URL"
        if why := _why_not(alias):
            return f"The database {alias} can't be used ({why}): {_cure(alias, why)}, or correct {setting}."
        if not connections[alias].in_atomic_block and is_migrated(alias) is False:
            return f"The database {alias} lacks tables of this release ({said}): run ./manage.py migrate."
    return f"The database failed ({said}): run ./manage.py doctor, and the command again when the fault is gone."


def _why_not(alias: str) -> str:
    """Why nobody can connect to it; nothing where one can."""
    connection = connections[alias]
    path = Path(connection.settings_dict["NAME"])
    try:
        connection.close()
        connection.ensure_connection()
    except DatabaseFault as fault:
        return f"{path} is a folder" if connection.vendor == "sqlite" and path.is_dir() else _first_line(fault)
    return ""


def _cure(alias: str, why: str) -> str:
    if any(words in why for words in NO_DATABASE):
        return "restore a backup"
    if connections[alias].vendor == "sqlite":
        return f"let the library read and write {connections[alias].settings_dict['NAME']} and its folder"
    return "start it"


def _first_line(fault: DatabaseFault) -> str:
    return str(fault).strip().partition("\n")[0].rstrip(".:")
