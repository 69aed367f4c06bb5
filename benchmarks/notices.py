"""`python -m benchmarks.notices`: what `send_notices` costs over a million open loans, on SQLite and on PostgreSQL.

By turns: the causes and digests of a day's loans by bare set-based statements, and for real; then so many notices are
composed and handed over to a gateway on this machine, beside as many bare calls of it, as many at once.
"""

import argparse
import sys
import time
from functools import partial

from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases
from kernel.outgoing.signing import new_secret
from tests.webhooks.receiver import receiving


def main() -> int:
    """Sends from fresh databases of each kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.notices", description=__doc__)
    which_databases(parser)
    parser.add_argument("--loans", type=int, default=1_000_000, help="open loans")
    parser.add_argument("--concerned", type=int, default=100_000, help="how many of them are due soon, on each day")
    parser.add_argument("--turns", type=int, default=2, help="turns of statements and command")
    parser.add_argument("--send", type=int, default=1_000, help="how many notices are handed over in each turn")
    parser.add_argument("--answer", type=float, default=0, help="milliseconds that the gateway takes for an answer")
    wanted = parser.parse_args()
    return on_each_database(wanted.databases, lambda kind: _send(kind, wanted))


def _send(kind: str, wanted: argparse.Namespace) -> int:
    sizes = [f"--{name}={getattr(wanted, name)}" for name in ("loans", "concerned", "turns", "send")]
    with scratch(kind) as (folder, url), receiving("HTTP/1.1") as gateway:
        gateway.answers = partial(_answer, wanted.answer / 1_000)
        there = {"NOTICES_GATEWAY_URL": gateway.url, "NOTICES_GATEWAY_SECRET": new_secret()}
        return run([sys.executable, "-m", "benchmarks.sending", *sizes], {**environment(folder, url), **there})


def _answer(seconds: float) -> int:
    time.sleep(seconds)
    return 204


if __name__ == "__main__":
    sys.exit(main())
