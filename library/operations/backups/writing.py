"""Writes a backup while the library goes on."""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import IO, Any

import psycopg
from django.conf import settings
from django.db import Error as DatabaseFault

from kernel.storage.databases import all_databases
from library.operations.backups.archive import BackupFault, Packer, chunks_of, member_of, whole_file
from library.operations.backups.moment import Snapshot, kind_of, snapshots
from library.operations.database_faults import sentence_of

OURS = re.compile(r"library-\d{8}T\d{6}-\d{6}\.zip")
"""How backups are called, by their moment in UTC."""
HALF = re.compile(rf"\.({OURS.pattern}\.part|library-\w{{8}})")
"""What a backup at work has in its folder: half of itself, and a folder with a copy of a database."""
LONG = timedelta(days=1)
"""What is half done and was not touched for so long is nobody's any more."""


def write_backup(folder: Path, now: datetime, progress: Callable[[int], None]) -> Path:
    """Writes one archive of every database and of the exchanged files into the folder, and returns its path.

    It is there whole, or not at all. Each database is as it was at one moment. Raises `BackupFault`.
    """
    path = folder / f"library-{now.astimezone(UTC):%Y%m%dT%H%M%S-%f}.zip"
    with _reporting_faults(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_halves(folder, now)
        with whole_file(path) as file, snapshots() as taken, Packer(file) as packer:
            values = {}
            for alias, snapshot in taken.items():
                values[alias] = _database(alias, snapshot)
                packer.add(member_of(alias, kind_of(alias)), snapshot.dump(folder), packed=snapshot.packed)
                progress(1)
            for name, exchanged in exchanged_files():
                with _content(name, exchanged) as content:
                    packer.add(f"files/{name}", chunks_of(content))
                progress(1)
            version = settings.SPECTACULAR_SETTINGS["VERSION"]
            packer.finish({"version": version, "written_at": now.isoformat(), "databases": values})
    return path


def steps() -> int:
    """How many steps of progress a backup is."""
    return len(all_databases()) + sum(1 for _ in exchanged_files())


def exchanged_files() -> Iterator[tuple[str, Path]]:
    """The files in `FILES_DIR`, by their path there. Links are not followed, and backups are not backed up."""
    for folder, folders, names in os.walk(settings.FILES_DIR):
        folders[:] = [name for name in folders if not HALF.fullmatch(name)]
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink() and not (OURS.fullmatch(name) or HALF.fullmatch(name)):
                yield path.relative_to(settings.FILES_DIR).as_posix(), path


def remove_older(folder: Path, keep: int) -> list[Path]:
    """Removes all but the newest so many backups from the folder, and nothing else; returns what it removed."""
    older = sorted(path for path in folder.iterdir() if OURS.fullmatch(path.name))[:-keep]
    for path in older:
        path.unlink()
    return older


def _remove_halves(folder: Path, now: datetime) -> None:
    """What backups left that were killed, or ended with the machine."""
    for path in folder.iterdir():
        if HALF.fullmatch(path.name) and path.stat().st_mtime < (now - LONG).timestamp():
            rmtree(path) if path.is_dir() else path.unlink()


def _content(name: str, exchanged: Path) -> IO[bytes]:
    """The file, open. Raises `BackupFault` where it can't be read, or its name can't be written into an archive."""
    try:
        name.encode()
        return exchanged.open("rb")
    except UnicodeEncodeError as fault:
        raise BackupFault(f"{str(exchanged)!a} can't be backed up: its name is not UTF-8. Rename it.") from fault
    except OSError as fault:
        raise BackupFault(f"{exchanged} can't be read: {fault.strerror or fault}.") from fault


def _database(alias: str, snapshot: Snapshot) -> dict[str, Any]:
    ((last, position),) = snapshot.ask("SELECT max(id), max(position) FROM eventbus_event")
    applied = sorted(snapshot.ask("SELECT app, name FROM django_migrations"))
    ends = {"id": last, "position": position}
    return {"kind": kind_of(alias), "migrations": applied, "rows": snapshot.rows(), "last_event": ends}


@contextmanager
def _reporting_faults(folder: Path) -> Iterator[None]:
    """What the disk or a database can't do, in an operator's words."""
    try:
        yield
    except OSError as fault:
        raise BackupFault(f"The backup can't be written to {folder}: {fault.strerror or fault}.") from fault
    except DatabaseFault as fault:
        raise BackupFault(f"Nothing was backed up to {folder}. {sentence_of(fault)}") from fault
    except (sqlite3.Error, psycopg.Error) as fault:
        raise BackupFault(f"A database can't be backed up to {folder}: {str(fault).strip()}.") from fault
