"""The thread of a web process that keeps the index up to date, and builds it anew where there is none."""

import logging
import threading
from pathlib import Path

from django.db import Error as DatabaseFault
from django.db import close_old_connections

from catalog.search.freshness import Freshness, Look, look
from catalog.search.index import UNREADABLE, State, folder, reader, state_of, writing
from catalog.search.upkeep import catch_up, rebuild

PAUSE = 0.5
"""Seconds between two looks at the log."""
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
        found = look(state) if state else None
        if not state or not found or not _can_be_used(place, state, found):
            logger.warning("the search index in %s is built anew", place)
            rebuild(place)
        elif found.events or state.waiting:
            catch_up(place, state)


def _can_be_used(place: Path, state: State, found: Look) -> bool:
    try:
        reader.searcher(place, state)
    except UNREADABLE:
        return False
    return found.freshness is not Freshness.FOREIGN


def _keep() -> None:
    pause, wait = threading.Event(), PAUSE
    while not pause.wait(wait):
        wait = PAUSE
        try:
            keep_current()
        except UNREADABLE:
            logger.exception("the search index can't be kept up to date")
            wait = PAUSE_AFTER_ERROR
        except DatabaseFault as fault:
            logger.warning("the search index waits for the database: %s", str(fault).strip())
            wait = PAUSE_AFTER_FAULT
        finally:
            close_old_connections()
