"""While people borrow, return and wait at full speed, everything that can die does. Afterwards every answer is true.

`make chaos` runs it for longer. A run is repeated with its seed: the same strikes in the same order, while what the
processes are doing just then differs each time.
"""

import random
import time
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from tests.chaos.patrons import Desk, Patron
from tests.chaos.strikes import Strikes
from tests.chaos.system import System, installation
from tests.chaos.waiting import Waiting

SETTLED_WITHIN = 90
pytestmark = pytest.mark.chaos


def test_every_answer_is_true_whatever_dies(pytestconfig: pytest.Config) -> None:
    seed = pytestconfig.getoption("chaos_seed") or random.randrange(10**6)
    tell(f"seed {seed}, on {connection.vendor}")
    if connection.vendor == "sqlite":
        tell("left out: restarting PostgreSQL, since nothing runs on it here")
    with installation("postgres" if connection.vendor == "postgresql" else "sqlite") as system:
        town = system.run("town.found")
        people = readers(system.port, town, seed)
        for person in people:
            person.start()
        strikes = strike(system, people, seed, pytestconfig.getoption("chaos_minutes"))
        settle(system, people, strikes)
        told = {"memories": [person.memory for person in people], "books": town["books"]}
        wrong = [
            *(sentence for person in people for sentence in person.memory.wrong),
            *system.run("truth.compare", told),
        ]
        tell(f"answers: {dict(sum((person.memory.answers for person in people), Counter()))}")
        tell(f"repeated: {dict(sum((person.memory.repeated for person in people), Counter()))}")
        assert wrong == [], "\n".join([*wrong, system.log_of("worker")[-4_000:], system.log_of("web")[-4_000:]])


def readers(port: int, town: dict[str, Any], seed: int) -> list[Patron]:
    """The patrons and the desk, with dice of their own."""
    tokens, books = town["tokens"], town["books"]
    patrons = [Waiting(port, who, tokens[str(who)], books, f"{seed} {who}") for who in town["patrons"]]
    librarian = town["librarian"]
    return [*patrons, Desk(port, librarian, tokens[str(librarian)], books, f"{seed} desk", patron=town["desk"])]


def strike(system: System, people: list[Patron], seed: int, minutes: float) -> Strikes:
    """Every strike once, and round after round for so many minutes."""
    strikes, began = Strikes(system, seed), time.monotonic()
    while True:
        for strike_once in strikes.one_round():
            tell(f"{time.monotonic() - began:6.1f} s: {strike_once()}")
            strikes.pause(lambda: sum(person.memory.answers.total() for person in people))
        if time.monotonic() - began >= 60 * minutes:
            return strikes


def settle(system: System, people: list[Patron], strikes: Strikes) -> None:
    """Nothing dies any more and the clocks are right; what was not answered is asked again until it is."""
    strikes.set_clock(0)
    began = time.monotonic()
    deadline = began + SETTLED_WITHIN
    for person in people:
        person.stop(deadline)
    for person in people:
        person.join(SETTLED_WITHIN)
    system.wait_until_ready()
    while system.waiting() and time.monotonic() < deadline:
        time.sleep(0.2)
    tell(f"settled after {time.monotonic() - began:.0f} s")


def tell(sentence: str) -> None:
    """Shown by `make chaos`, and by pytest when the story fails."""
    print(sentence, flush=True)
