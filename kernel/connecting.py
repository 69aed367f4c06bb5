"""How a process of each kind connects to a database, and how long it waits there."""

from typing import Any

from kernel.addresses import database_parts

TIMEOUTS = {
    "web": {"lock_timeout": 3, "statement_timeout": 15, "idle_in_transaction_session_timeout": 60},
    "worker": {"lock_timeout": 10, "idle_in_transaction_session_timeout": 60},
    "command": {},
}
"""PostgreSQL's timeouts by kind of process, in seconds: waits for a lock, statements, and idle open transactions.

A worker's end before its claims expire. What is started by hand, such as a migration, has none."""
SILENT = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2, "tcp_user_timeout": 20_000}
"""By which a server that falls silent, such as a host without power, is given up after 20 seconds. By the defaults of
Linux a statement that was sent waits two hours for its answer, and one that could not be sent a quarter of an hour."""
COMMAND_QUEUE_TIMEOUT = 20
"""Seconds that a command waits in SQLite's writer queue; web and workers wait as long as for a lock."""


def database_settings(url: str, *, pool: int, process: str, named: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's settings for the database at the URL that the setting `named` has. `pool` is its largest number of
    pooled connections, 0 for one connection that each thread keeps; `process` is a key of `TIMEOUTS`. Raises
    `ImproperlyConfigured`, as `database_parts` does."""
    parts, timeouts = database_parts(url, named), TIMEOUTS[process]
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
    # No background attempts to connect: whoever asks has it tried (kernel/storage/postgresql/pooling.py).
    pooled = {"pool": {"min_size": 1, "max_size": pool, "timeout": 10, "reconnect_timeout": 0}} if pool else {}
    kept = {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 0 if pool else None}
    options = pooled | {"connect_timeout": 3, **SILENT} | asked | {"options": " ".join(filter(None, limits))}
    return parts | kept | {"ENGINE": "kernel.storage.postgresql", "OPTIONS": options}
