"""Addresses that settings have. An error names the setting and quotes nothing: there are passwords in addresses."""

from contextlib import suppress
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

DATABASE = (
    "the address of a database, sqlite:////folder/library.sqlite3 or postgres://user:password@host:5432/library, behind"
    " which PostgreSQL's client may be told more, such as ?sslmode=require"
)
PROJECT = Path(__file__).resolve().parent.parent
MAIL_SERVER = "the address of a mail server, such as smtp+tls://user:password@host:587"
REDIS = "the address of a Redis, such as redis://host:6379/0"
POSTGRESQL = {"postgres", "postgresql", "psql", "pgsql"}
IN_MEMORY = ":memory:"
WITHOUT_CURSORS = "disable_server_side_cursors=true"
PARTS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
"""The names of libpq, and Django's."""


TIMEOUTS = {
    "web": {"lock_timeout": 3, "statement_timeout": 15, "idle_in_transaction_session_timeout": 60},
    "worker": {"lock_timeout": 10, "idle_in_transaction_session_timeout": 60},
    "command": {},
}
"""PostgreSQL's timeouts by kind of process, in seconds: waits for a lock, statements, and idle open transactions.

A worker's end before its claims expire. What is started by hand, such as a migration, has none."""
COMMAND_QUEUE_TIMEOUT = 20
"""Seconds that a command waits in SQLite's writer queue; web and workers wait as long as for a lock."""

CONNECT_TIMEOUT = 3
"""Seconds for a connection to be made, and in which a pool tries again."""


def database_settings(url: str, *, pool: int, process: str, named: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's settings for the database at the URL that the setting `named` has. `pool` is its largest number of
    pooled connections, 0 for one connection that each thread keeps; `process` is a key of `TIMEOUTS`.

    The file of an SQLite database lies from the project's folder on, whatever folder the process was started in.
    Raises `ImproperlyConfigured`, also for what PostgreSQL's client is told there and does not know.
    """
    parts, timeouts = _database_parts(url, named), TIMEOUTS[process]
    if parts["ENGINE"].endswith("sqlite3"):
        return parts | {
            "ENGINE": "kernel.storage.sqlite",
            "CONN_MAX_AGE": None,  # opening the file for each request was a quarter of a borrow's time
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": timeouts.get("lock_timeout", COMMAND_QUEUE_TIMEOUT),
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    asked = parts["OPTIONS"]
    # What the planner overrates is compiled, which took up to seconds where reading its few rows took milliseconds.
    limits = [asked.get("options"), "-c jit=off", *(f"-c {limit}={seconds}s" for limit, seconds in timeouts.items())]
    pooled = (
        {"pool": {"min_size": 1, "max_size": pool, "timeout": 10, "reconnect_timeout": CONNECT_TIMEOUT}} if pool else {}
    )
    kept = {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 0 if pool else None}
    options = {"connect_timeout": CONNECT_TIMEOUT} | pooled | asked | {"options": " ".join(filter(None, limits))}
    return parts | kept | {"ENGINE": "kernel.storage.postgresql", "OPTIONS": options}


def mail_settings(url: str) -> dict[str, Any]:
    """Django's settings for the mail server at that address. Raises `ImproperlyConfigured`."""
    found: dict[str, Any] = {}
    with suppress(ValueError, ImproperlyConfigured):
        found = environ.Env.email_url_config(url)
    needs_host = found.get("EMAIL_BACKEND", "").endswith("smtp.EmailBackend")
    if not found or "OPTIONS" in found or (needs_host and not found["EMAIL_HOST"]):
        raise ImproperlyConfigured(f"EMAIL_URL is not {MAIL_SERVER}.")
    return found


def sender(text: str) -> str:
    """Whom mails are from: an address, also with a name before it. Raises `ImproperlyConfigured`."""
    _name, address = parseaddr(text)
    if not text.isprintable() or not all(address.rpartition("@")):
        raise ImproperlyConfigured("DEFAULT_FROM_EMAIL is not a sender, such as Pine Library <library@example.org>.")
    return text


def redis_address(url: str) -> str:
    """The address itself; empty where there is none."""
    try:
        parts = urlsplit(url)
        known = parts.scheme == "unix" or (parts.scheme in {"redis", "rediss"} and parts.hostname and parts.port != 0)
    except ValueError as fault:
        raise ImproperlyConfigured(f"REDIS_URL is not {REDIS}.") from fault
    if url and not known:
        raise ImproperlyConfigured(f"REDIS_URL is not {REDIS}.")
    return url


def _database_parts(url: str, named: str) -> dict[str, Any]:
    """By Django's names; `OPTIONS` is what else PostgreSQL's client is told, by its own names."""
    scheme, _, rest = url.partition(":")
    parts: dict[str, Any] = {}
    with suppress(ValueError):
        if scheme in POSTGRESQL:
            parts = _parts_of_postgresql(f"postgres:{rest}")
        elif scheme == "sqlite" and "?" not in url:
            parts = environ.Env.db_url_config(url)
            if parts.get("NAME") == IN_MEMORY:
                raise ImproperlyConfigured(f"{named} is no file: each connection would have a database of its own.")
            parts["NAME"] = parts.get("NAME") and str(PROJECT / parts["NAME"])
    if not parts.get("NAME"):
        raise ImproperlyConfigured(f"{named} is not {DATABASE}.")
    return parts


def _parts_of_postgresql(url: str) -> dict[str, Any]:
    """As libpq reads it, but for the option that is Django's. Raises `ValueError`."""
    from psycopg import ProgrammingError  # noqa: PLC0415  (with SQLite nobody needs it)
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    address, _, query = url.partition("?")
    asked = query.split("&")
    try:
        for_libpq = "&".join(one for one in asked if one != WITHOUT_CURSORS)
        known: dict[str, Any] = dict(conninfo_to_dict(f"{address}?{for_libpq}"))
    except ProgrammingError as fault:
        raise ValueError from fault
    parts: dict[str, Any] = {theirs: str(known.pop(name, "")) for name, theirs in PARTS.items()}
    [int(port) for port in parts["PORT"].split(",") if port]  # there is one for each host
    if parts["NAME"].startswith("/") and not parts["HOST"]:  # environ's way to name a socket's folder
        parts["HOST"], _, parts["NAME"] = parts["NAME"].rpartition("/")
    cursors = {"DISABLE_SERVER_SIDE_CURSORS": WITHOUT_CURSORS in asked}
    return {"ENGINE": "django.db.backends.postgresql", **parts, **cursors, "OPTIONS": known}
