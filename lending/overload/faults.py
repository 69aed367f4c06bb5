"""Faults on purpose, for tests and demonstrations: `FAULTS="delay=400+-220,lost=0.1,full=0.05"`.

`delay` is in milliseconds, evenly spread; `lost` and `full` are shares of the writes whose connection breaks or that
find the disk full. The settings refuse them where DEBUG is off.
"""

import random
import re
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from kernel.storage.databases import connection_of
from kernel.waiting import waiting

DELAY = re.compile(r"(\d+)(?:\+-(\d+))?")
SHARE = re.compile(r"[01]|0?\.\d+")


@dataclass(kw_only=True)
class Faults:
    """What goes wrong, and how often; nothing by default."""

    delay: float = 0
    jitter: float = 0
    lost: float = 0
    full: float = 0

    def strike_work(self) -> None:
        """Holds up a write, and may break it as the database would. Raises `OperationalError`."""
        if self.delay:
            with waiting():
                time.sleep(max(0.0, random.uniform(self.delay - self.jitter, self.delay + self.jitter)) / 1000)  # noqa: S311
        self.strike_database()

    def strike_database(self) -> None:
        """May break a write, however short it is. Raises `OperationalError`."""
        if random.random() < self.lost:  # noqa: S311
            connection_of("lending").close()
            raise OperationalError("a fault on purpose: the connection was lost")
        if random.random() < self.full:  # noqa: S311
            raise OperationalError("a fault on purpose: the disk is full")


def faults_named(text: str) -> Faults:
    """The faults that an operator wrote down. Raises `ImproperlyConfigured`."""
    named: dict[str, float] = {}
    for part in filter(None, text.replace(" ", "").split(",")):
        name, _, value = part.partition("=")
        if name == "delay" and (found := DELAY.fullmatch(value)):
            named |= {"delay": float(found[1]), "jitter": float(found[2] or 0)}
        elif name in {"lost", "full"} and SHARE.fullmatch(value):
            named[name] = float(value)
        else:
            raise ImproperlyConfigured(f"FAULTS has a part that can't be read: {part!r}.")
    return Faults(**named)


faults = faults_named(settings.FAULTS)
