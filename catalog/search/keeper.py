"""The thread of a web process that keeps the index up to date, and builds it anew where there is none."""

import logging
import threading
import time
from pathlib import Path

from django.db import Error as DatabaseFault
from django.db import close_old_connections

from catalog.search.freshness import Freshness, look
from catalog.search.index import UNREADABLE, State, folder, reader, state_of, writing
from catalog.search.upkeep import catch_up, rebuild
from kernel.background import in_background

PAUSE = 1.0
"""Seconds between two looks at the log."""
CHECK_EVERY = 5.0
"""Seconds after which the index is opened and compared with the log once more, as each search does by itself."""
PAUSE_AFTER_FAULT = 5
PAUSE_AFTER_ERROR = 30
logger = logging.getLogger(__name__)


def start() -> None:
    """Starts the thread; it ends with the process. Of several processes on a machine one at a time does the work."""
    threading.Thread(target=_keep, name="search index", daemon=True).start()


def keep_current() -> None:
    """Builds the index where there is none that can be used, else takes in all that has happened."""
    place = folder()
    with writing(place) as held:
        if not held:
            return
        state = state_of(place)
        if state and (checked.is_recent(state.generation) or _can_be_used(place, state)):
            catch_up(place, state)
        else:
            logger.warning("the search index in %s is built anew", place)
            rebuild(place)


class Checked:
    """Which generation this process last found to be of use, and when."""

    def __init__(self) -> None:
        self._generation, self._at = "", float("-inf")

    def is_recent(self, generation: str) -> bool:
        """Whether that was this one, less than `CHECK_EVERY` ago."""
        return generation == self._generation and time.monotonic() - self._at < CHECK_EVERY

    def note(self, generation: str) -> None:
        """It is this one, now."""
        self._generation, self._at = generation, time.monotonic()


checked = Checked()


def _can_be_used(place: Path, state: State) -> bool:
    try:
        reader.searcher(place, state)
    except UNREADABLE:
        return False
    if look(state).freshness is Freshness.FOREIGN:
        return False
    checked.note(state.generation)
    return True


def _keep() -> None:
    pause, wait = threading.Event(), PAUSE
    while not pause.wait(wait):
        wait = PAUSE
        try:
            with in_background():
                keep_current()
        except UNREADABLE:
            logger.exception("the search index can't be kept up to date")
            wait = PAUSE_AFTER_ERROR
        except DatabaseFault as fault:
            logger.warning("the search index waits for the database: %s", str(fault).strip())
            wait = PAUSE_AFTER_FAULT
        finally:
            close_old_connections()
