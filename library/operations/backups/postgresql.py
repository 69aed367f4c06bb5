"""A PostgreSQL database to a dump and back, by the server's own pg_dump and pg_restore."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, LiteralString, cast

import psycopg
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql
from psycopg.conninfo import make_conninfo

from kernel.command_line import counted
from library.operations.backups.archive import BackupFault, chunks_of

PROGRAMS = ("pg_dump", "pg_restore", "psql")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
    AND coalesce(backend_type, 'client backend') = 'client backend'
"""
"""Another role's connections do not tell us their kind; those of the server itself have no role."""
EMPTY = """
    DO $$
    DECLARE statement text;
    BEGIN
        FOR statement IN
            SELECT format('DROP TABLE IF EXISTS %I.%I CASCADE', schemaname, tablename)
            FROM pg_tables WHERE schemaname = 'public'
            UNION ALL
            SELECT format('DROP FUNCTION %s CASCADE', code.oid::regprocedure) FROM pg_proc code
            WHERE code.pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = code.oid AND deptype = 'e')
        LOOP
            EXECUTE statement;
        END LOOP;
    END $$;
"""


NOT_AN_OPTION = {"password", "sslpassword", "options", "cursor_factory", "context", "prepare_threshold"}
"""What Django knows of a connection and a server's program is not told on its command line."""


class Snapshot:
    """One moment of a database, for as long as it is needed; whoever writes meanwhile is not held up."""

    packed = True

    def __init__(self, address: "Address", connection: psycopg.Connection) -> None:
        self._address, self._connection = address, connection
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        self._name = row[0] if row else ""

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        return _rows(self._connection)

    def ask(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        """What a statement finds."""
        return self._connection.execute(statement).fetchall()

    def dump(self, folder: Path) -> Iterator[bytes]:
        """The database as of that moment, as pg_dump's custom format. Raises `BackupFault`."""
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={self._name}"]
        with self._address.program("pg_dump", *options, stdout=subprocess.PIPE) as process:
            yield from chunks_of(_pipe(process.stdout))


class Address:
    """How the server's programs reach a database: the password goes by their environment, never on a command line."""

    def __init__(self, alias: str) -> None:
        connection = cast(DatabaseWrapper, connections[alias])
        wanted = connection.get_connection_params()
        self._password = str(wanted.get("password", ""))
        self._address = make_conninfo(**{name: value for name, value in wanted.items() if name not in NOT_AN_OPTION})
        self._version = connection.pg_version // 10_000
        for name in PROGRAMS:
            _check_program(name, self._version)

    def connect(self) -> psycopg.Connection:
        """A connection of its own."""
        return psycopg.connect(self._address, password=self._password or None)

    @contextmanager
    def program(self, name: str, *arguments: str, **streams: IO[bytes] | int) -> Iterator[subprocess.Popen[bytes]]:
        """The program on this database. Raises `BackupFault` with what it said, unless it ends well."""
        environment = os.environ | {"PGPASSWORD": self._password, "PGOPTIONS": "-c client_min_messages=warning"}
        command = [name, *arguments, *([] if name == "pg_restore" else [f"--dbname={self._address}"])]
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(command, env=environment, stderr=said, **streams)  # type: ignore[call-overload]  # noqa: S603
            try:
                yield process
                process.wait()
            except BrokenPipeError:  # it gave up while it was fed; why, is said below
                if process.stdin is None:  # it was not fed: that was another program, around this one
                    raise
                process.wait()
            finally:
                process.kill()
                with suppress(BrokenPipeError):
                    process.communicate()
            said.seek(0)
            if process.returncode:
                raise BackupFault(f"{name} failed: {said.read().decode(errors='replace').strip()[-2_000:]}")


@contextmanager
def snapshot(alias: str) -> Iterator[Snapshot]:
    """The database as it is now. Raises `BackupFault` where PostgreSQL's programs are missing or too old."""
    address = Address(alias)
    with address.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield Snapshot(address, connection)


def refuse_others(alias: str) -> None:
    """Raises `BackupFault` while anybody else is connected to the database."""
    address = Address(alias)
    connections[alias].close()
    cast(DatabaseWrapper, connections[alias]).close_pool()  # what a pool holds would be in the way
    with address.connect() as connection:
        (others,) = connection.execute(OTHERS).fetchone() or (0,)
        if others:
            who = counted(others, "other is", "others are")
            raise BackupFault(f"{who} connected to the database {alias}: stop web and worker first.")


def load(alias: str, chunks: Iterable[bytes]) -> dict[str, int]:
    """Puts a dump in the place of all that the database has, in one transaction; returns the rows of each table.

    Raises `BackupFault`; nothing was changed then.
    """
    refuse_others(alias)
    address = Address(alias)
    with tempfile.NamedTemporaryFile() as dump:
        for chunk in chunks:
            dump.write(chunk)
        dump.flush()
        _load(address, dump.name)
    with address.connect() as connection:
        return _rows(connection)


def _load(address: Address, dump: str) -> None:
    """The commit is said only after pg_restore has ended well, so half a script changes nothing."""
    options = ["--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1"]
    with address.program("psql", *options, stdin=subprocess.PIPE) as server:
        stdin = _pipe(server.stdin)
        stdin.write(f"BEGIN;\n{EMPTY}\n".encode())
        with address.program(
            "pg_restore", "--file=-", "--no-owner", "--no-privileges", dump, stdout=subprocess.PIPE
        ) as script:
            for chunk in chunks_of(_pipe(script.stdout)):
                stdin.write(chunk)
        stdin.write(b"\nCOMMIT;\n")
        stdin.close()


def _rows(connection: psycopg.Connection) -> dict[str, int]:
    count = sql.SQL("SELECT count(*) FROM public.{}")
    names = [name for (name,) in connection.execute(TABLES)]
    found = {name: connection.execute(count.format(sql.Identifier(name))).fetchone() for name in names}
    return {name: row[0] for name, row in found.items() if row}


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _check_program(name: str, server: int) -> None:
    if not shutil.which(name):
        raise BackupFault(f"{name} is missing: install PostgreSQL's client programs, version {server} or later.")
    version_line = subprocess.run([name, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.search(r"\d+", version_line)
    if version is None or int(version[0]) < server:
        raise BackupFault(
            f"{version_line.strip()} is older than the server, which is {server}: install version {server}."
        )
