"""Scans at desks while web processes and workers die: none is lost, and none is done twice.

By default two desks for some seconds. `make scans` is ten desks beside the borrow load for five minutes, and says how
soon a scan was answered.
"""

import random
import time
from statistics import quantiles

import pytest
from django.db import connection

from tests.chaos.desks import Desk
from tests.chaos.strikes import Strikes
from tests.chaos.system import System, installation
from tests.stories.test_chaos import readers, tell

DESKS, SECONDS, STRIKES = 2, 12, 4
MANY_DESKS = 10
SETTLED_WITHIN = 60
pytestmark = pytest.mark.chaos


def test_no_scan_is_lost_and_none_is_done_twice_whatever_dies(pytestconfig: pytest.Config) -> None:
    seed = pytestconfig.getoption("chaos_seed") or random.randrange(10**6)
    minutes = pytestconfig.getoption("chaos_minutes")
    with installation("postgres" if connection.vendor == "postgresql" else "sqlite") as system:
        load = readers(system.port, system.run("town.found"), seed) if minutes else []
        desks = [Desk(system.port, one) for one in system.run("desks.found", MANY_DESKS if minutes else DESKS)]
        for thread in (*desks, *load):
            thread.start()
        strike(system, seed, desks, 60 * minutes or SECONDS)
        for desk in desks:
            desk.stop()
        for person in load:
            person.stop(time.monotonic() + SETTLED_WITHIN)
        for thread in (*desks, *load):
            thread.join(SETTLED_WITHIN)
            assert not thread.is_alive(), "a scan was never answered"
        system.wait_until_ready()
        scans = [desk.scans for desk in desks]
        until = time.monotonic() + SETTLED_WITHIN
        while system.waiting() and time.monotonic() < until:
            time.sleep(0.2)
        wrong = [*(sentence for one in scans for sentence in one.wrong), *system.run("desks.compare", scans)]
        seconds = [second for one in scans for second in one.seconds]
        p95 = quantiles(seconds, n=20)[-1]
        tell(f"seed {seed}: {len(seconds)} scans, {sum(one.repeated for one in scans)} sent again, p95 {p95:.3f} s")
        assert wrong == [], "\n".join([*wrong, system.log_of("web")[-3_000:]])
        assert all(one.seconds for one in scans)


def strike(system: System, seed: int, desks: list[Desk], seconds: float) -> None:
    """Kills web processes and workers, in the order of the seed, evenly over that time."""
    strikes, dice, began = Strikes(system, seed), random.Random(seed), time.monotonic()
    kills = [
        strikes.kill_a_web_process,
        strikes.kill_the_workers,
        strikes.kill_the_cluster,
        strikes.kill_the_web_server,
    ]
    pause = seconds / STRIKES if seconds == SECONDS else 15
    while time.monotonic() - began < seconds:
        tell(f"{time.monotonic() - began:6.1f} s: {dice.choice(kills)()}")
        desks[0].join(pause)
