"""`python -m benchmarks.redeploy`: people come while everything is replaced, one process after the other.

Two web processes and two workers on PostgreSQL and Redis, behind haproxy with the library's own configuration. It
prints what became of every request, and exits 1 when one failed or an accepted loan is not there.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from benchmarks.scratch import DURABLE
from benchmarks.table import percentile
from tests import servers
from tests.chaos.system import System
from tests.fleet import Drain, Fleet, fleet
from tests.proxy import NO_HAPROXY, has_haproxy
from tests.visitors import Call, Visitor, let_down, visitors

SHOWN = 10
SETTLED_WITHIN = 60


def main() -> int:
    """One run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.redeploy", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long people come at least; half of it before")
    parser.add_argument("--leave", default="5", help="WEB_LEAVE")
    wanted = parser.parse_args()
    if not has_haproxy():
        sys.exit(f"This can't be measured here: {NO_HAPROXY}.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with (
            tempfile.TemporaryDirectory(prefix="library-bench-") as folder,
            patch.dict(servers.POSTGRES_OPTIONS, DURABLE),
            servers.postgres_server() as database,
            servers.redis_server() as redis,
        ):
            System(
                Path(folder), None, {**os.environ, "DATABASE_URL": database, "PORT": str(servers.free_port())}
            ).migrate()
            with fleet(Path(folder), DATABASE_URL=database, REDIS_URL=redis, WEB_LEAVE=wanted.leave) as running:
                return _measure(running, wanted.seconds)
    except servers.ServerDidNotStart as failure:
        sys.exit(f"PostgreSQL or Redis, which the benchmark needs, did not start: {failure}")


def _measure(running: Fleet, seconds: int) -> int:
    town = running.system.run("town.found")
    print(f"\nload on the {os.cpu_count()} cores before: {os.getloadavg()[0]:.1f}", flush=True)
    with visitors(running.proxy.port, town) as people:
        began = time.monotonic()
        time.sleep(seconds / 2)
        running.replace_everything()
        time.sleep(max(0, began + seconds - time.monotonic()))
    wrong = [*let_down(people), *_untrue(running, people, town)]
    _print([call for person in people for call in person.calls], running.drains, people)
    for sentence in wrong[:SHOWN]:
        print(f"BROKEN: {sentence}")
    print(f"{len(wrong)} promises broken" if wrong else "nobody was let down, and every answer is true", flush=True)
    return 1 if wrong else 0


def _untrue(running: Fleet, people: list[Visitor], town: dict) -> list[str]:
    """What is otherwise than people were told, once all is delivered."""
    deadline = time.monotonic() + SETTLED_WITHIN
    while running.system.waiting() and time.monotonic() < deadline:
        time.sleep(0.2)
    told = {"memories": [person.memory for person in people], "books": town["books"]}
    return list(running.system.run("truth.compare", told))


def _print(calls: list[Call], drains: list[Drain], people: list[Visitor]) -> None:
    failed = sum(call.failed for call in calls)
    accepted = sum(len(person.memory.borrowed) for person in people)
    print(f"requests: {len(calls):,}, failed: {failed}, availability: {1 - failed / len(calls):.3%}")
    print(f"loans that were accepted: {accepted:,}")
    for drain in drains:
        print(f"{drain.name}: {drain.ended - drain.began:.1f} s to replace, ended {drain.seconds:.1f} s after SIGTERM")
    for name, meant in (("quiet", False), ("while something is replaced", True)):
        taken = [call.seconds for call in calls if any(d.began <= call.asked <= d.ended for d in drains) == meant]
        p50, p99 = (1000 * percentile(taken, part) for part in (0.50, 0.99))
        print(f"{name}: {len(taken):,} requests, p50 {p50:.0f} ms, p99 {p99:.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
