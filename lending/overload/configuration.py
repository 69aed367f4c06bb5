"""What operators may set of lending under overload, in each process: docs/decisions/0008. Times are in seconds."""

from typing import Any

from kernel.environment import Environment

MOST_KEPT = 3


def kept_for_desk(threads: int) -> int:
    """So many of the threads the crowd leaves to scans at the desk."""
    return min(MOST_KEPT, threads // 4)


def limits(env: Environment, threads: int) -> dict[str, Any]:
    """The setting `LENDING_LIMITS` of a process with so many threads, of which one is left to readers."""
    kept = kept_for_desk(threads)
    return {
        "concurrent": min(env.whole("LENDING_AT_ONCE", 28), max(1, threads - kept - 1)),
        "queued": env.whole("LENDING_IN_LINE", 32),
        "timeout": env.number("LENDING_PATIENCE", 0.3),
        "kept": kept,
    }


def circuit_breaker(env: Environment) -> dict[str, Any]:
    """The setting `LENDING_CIRCUIT_BREAKER`."""
    return {
        "slow": env.number("LENDING_SLOW", 0.61),
        "share": env.number("LENDING_BAD_SHARE", 0.5, most=1),
        "minimum": env.whole("LENDING_BAD_MINIMUM", 10, least=1),
        "window": env.number("LENDING_BAD_WINDOW", 10),
        "held": env.number("LENDING_BAD_HELD", 2),
        "rest": env.number("LENDING_REST", 5),
    }
