"""Scans at desks while web processes and workers die: none is lost, and none is done twice.

By default two desks for some seconds. `make scans` is ten desks beside the borrow load for five minutes, and says how
soon a scan was answered.
"""

import os
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median, quantiles

import pytest
from django.db import connection

from tests.chaos.desks import Desk
from tests.chaos.patrons import Patron
from tests.chaos.strikes import Strikes
from tests.chaos.system import System, installation
from tests.stories.test_chaos import readers, tell

DESKS, MANY_DESKS = 2, 10
ANSWERS, MANY_ANSWERS, PATIENCE = 6, 240, 30
"""Scans that are answered between two strikes, so that each finds librarians at work; it is not waited longer."""
SETTLED_WITHIN = 90
pytestmark = pytest.mark.chaos


def test_no_scan_is_lost_and_none_is_done_twice_whatever_dies(pytestconfig: pytest.Config) -> None:
    seed = pytestconfig.getoption("chaos_seed") or random.randrange(10**6)
    minutes = pytestconfig.getoption("chaos_minutes")
    tell(f"seed {seed}, on {connection.vendor}, load {os.getloadavg()[0]:.1f}")
    kind = "postgres" if connection.vendor == "postgresql" else "sqlite"
    with installation(kind, small=False) as system:  # nobody fills it, and minutes of work would
        load = readers(system.port, system.run("town.found"), seed) if minutes else []
        desks = [Desk(system.port, one) for one in system.run("desks.found", MANY_DESKS if minutes else DESKS)]
        for thread in (*desks, *load):
            thread.start()
        strike(system, seed, desks, 60 * minutes)
        settle(system, desks, load)
        scans = [desk.scans for desk in desks]
        wrong = [*(sentence for one in scans for sentence in one.wrong), *system.run("desks.compare", scans)]
        tell(f"{sum(one.repeated for one in scans)} times a scan was sent again, load {os.getloadavg()[0]:.1f}")
        tell(f"answered: {how_soon([second for one in scans for second in one.seconds])}")
        tell(f"where nothing had just died: {how_soon([second for one in scans for second in one.undisturbed])}")
        assert wrong == [], "\n".join([*wrong, system.log_of("web")[-3_000:]])
        assert all(one.lent and one.back for one in scans)


def strike(system: System, seed: int, desks: Sequence[Desk], seconds: float) -> None:
    """Kills web processes and workers, wherever they are and where an answer is lost that was committed, each once and
    round after round for so many seconds."""
    strikes, dice, began = Strikes(system, seed), random.Random(seed), time.monotonic()
    kills: list[Callable[[], str]] = [
        partial(strikes.kill_at, "a web process, between a borrow and its commit"),
        partial(strikes.kill_at, "a web process, between a borrow's commit and its answer"),
        partial(strikes.kill_at, "a web process, between a return's commit and its answer"),
        strikes.kill_the_workers,
    ]
    more = [strikes.kill_a_web_process, strikes.kill_the_web_server, strikes.kill_the_cluster] if seconds else []
    while True:
        dice.shuffle(kills)
        for kill in (*kills, *more):
            pause(desks, MANY_ANSWERS if seconds else ANSWERS)
            tell(f"{time.monotonic() - began:6.1f} s: {kill()}")
        if time.monotonic() - began >= seconds:
            return


def pause(desks: Sequence[Desk], answers: int) -> None:
    """Until so many more were answered."""
    enough, until = answers + sum(desk.answered for desk in desks), time.monotonic() + PATIENCE
    while sum(desk.answered for desk in desks) < enough and time.monotonic() < until:
        desks[0].join(0.05)


def settle(system: System, desks: Sequence[Desk], load: Sequence[Patron]) -> None:
    """Nothing dies any more; each desk has lent and taken back, each scan and each borrow is answered, and what was
    accepted is done."""
    pause(desks, ANSWERS)
    until = time.monotonic() + SETTLED_WITHIN
    while not all(desk.scans.back for desk in desks) and time.monotonic() < until:
        desks[0].join(0.05)
    for desk in desks:
        desk.stop()
    for person in load:
        person.stop(until)
    for thread in (*desks, *load):
        thread.join(max(until - time.monotonic(), 0))
        assert not thread.is_alive(), "a scan was never answered"
    system.wait_until_ready()
    while system.waiting() and time.monotonic() < until:
        time.sleep(0.2)


def how_soon(seconds: Sequence[float]) -> str:
    """In words."""
    if len(seconds) < 2:
        return "too few to say"
    p50, p95 = 1_000 * median(seconds), 1_000 * quantiles(seconds, n=20)[-1]
    return f"{len(seconds)} scans, p50 {p50:.0f} ms, p95 {p95:.0f} ms"
