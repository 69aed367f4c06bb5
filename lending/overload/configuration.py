"""What operators may set of lending under overload, in each process: docs/decisions/0008. Times are in seconds."""

from typing import Any

from environ import Env

MOST_KEPT = 3


def kept_for_desk(threads: int) -> int:
    """So many of the threads the crowd leaves to scans at the desk."""
    return min(MOST_KEPT, threads // 4)


def limits(env: Env, threads: int) -> dict[str, Any]:
    """The setting `LENDING_LIMITS` of a process with so many threads, of which one is left to readers."""
    kept = kept_for_desk(threads)
    return {
        "concurrent": min(env.int("LENDING_AT_ONCE", default=28), max(1, threads - kept - 1)),
        "queued": env.int("LENDING_IN_LINE", default=32),
        "timeout": env.float("LENDING_PATIENCE", default=0.3),
        "kept": kept,
    }


def circuit_breaker(env: Env) -> dict[str, Any]:
    """The setting `LENDING_CIRCUIT_BREAKER`."""
    return {
        "slow": env.float("LENDING_SLOW", default=0.61),
        "share": env.float("LENDING_BAD_SHARE", default=0.5),
        "minimum": env.int("LENDING_BAD_MINIMUM", default=10),
        "window": env.float("LENDING_BAD_WINDOW", default=10),
        "held": env.float("LENDING_BAD_HELD", default=2),
        "rest": env.float("LENDING_REST", default=5),
    }
