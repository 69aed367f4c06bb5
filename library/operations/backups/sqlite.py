"""A SQLite database to a copy and back, by SQLite's own backup."""

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connections

from library.operations.backups.archive import BackupFault, chunks_of, sync_folder

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"


class Snapshot:
    """One moment of a database, for as long as it is needed; whoever writes meanwhile is not held up."""

    packed = False

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()  # only a read fixes the moment

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        return _rows(self._connection)

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement finds."""
        return self._connection.execute(statement).fetchall()

    def dump(self, folder: Path) -> Iterator[bytes]:
        """The database as of that moment, as a whole database file. Its copy is in the folder meanwhile."""
        with tempfile.TemporaryDirectory(prefix=".library-", dir=folder) as own:
            copy = Path(own) / "copy.sqlite3"
            with closing(sqlite3.connect(copy)) as target:
                self._connection.backup(target, pages=-1)
                target.execute("PRAGMA journal_mode=DELETE")
            with copy.open("rb") as file:
                yield from chunks_of(file)


@contextmanager
def snapshot(alias: str) -> Iterator[Snapshot]:
    """The database as it is now."""
    with closing(sqlite3.connect(_path(alias), isolation_level=None)) as connection:
        yield Snapshot(connection)


def refuse_others(alias: str) -> None:
    """Raises `BackupFault` while anybody else is connected to the database. Without a log beside it, its file is alone:
    SQLite leaves that mode only then."""
    connections[alias].close()
    path = _path(alias)
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as fault:
            raise BackupFault(f"Others are connected to the database {alias}: stop web and worker first.") from fault
        except sqlite3.DatabaseError:  # what is replaced may well be broken
            return


def load(alias: str, chunks: Iterable[bytes]) -> dict[str, int]:
    """Puts a copy in the place of the database's file, at one stroke; returns the rows of each table.

    Raises `BackupFault`; nothing was changed then.
    """
    path = _path(alias)
    connections[alias].close()
    fresh = path.with_name(f"{path.name}.restoring")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        rows = _checked(fresh)
        refuse_others(alias)
        for left in ("-wal", "-shm", "-journal"):  # of what is replaced, as after a crash: it would be played into this
            path.with_name(path.name + left).unlink(missing_ok=True)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(path.parent)
    return rows


def _path(alias: str) -> Path:
    return Path(connections[alias].settings_dict["NAME"])


def _checked(path: Path) -> dict[str, int]:
    try:
        with closing(sqlite3.connect(path)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check").fetchone()
            rows = _rows(connection)
    except sqlite3.DatabaseError as fault:
        raise BackupFault(f"The archive is damaged: what it has is no database ({fault}).") from fault
    if verdict != "ok":
        raise BackupFault(f"The archive is damaged: its database is not whole ({verdict}).")
    return rows


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    names = [name for (name,) in connection.execute(TABLES)]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608
