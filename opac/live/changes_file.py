"""The file of changes: what open pages ask between two polls. The web server hands it out by itself, without Python.

It is the JSON of `Changes`, `[reading, since, {"7": [available, total, for_loan], ...}]`, at most some kilobytes,
written anew at every reading for as long as somebody looks at books. docs/decisions/0024 says why.
"""

import logging
import os
import secrets
import threading
from pathlib import Path

import msgspec

from opac.live.snapshot import Snapshot

ROUTE = "/live/now"
"""Where the server hands out the files of the folder: `library/operations/web/serving.py` tells it."""
A_MOMENT = 0.02
"""Seconds, while somebody else reads the books."""
PAUSE_AFTER_FAULT = 5.0
logger = logging.getLogger(__name__)


class ChangesFile:
    """One process' file. A thread of its own has the books read and writes it; it rests while nobody looks at any."""

    _name: str
    _is_written: bool
    _starting: threading.Lock
    _wanted: threading.Event

    def __init__(self, snapshot: Snapshot, folder: Path) -> None:
        self._snapshot, self._folder = snapshot, folder
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def address(self) -> str:
        """Where the file is. It is written from now on, until no page has asked for some time."""
        if not self._is_written:
            with self._starting:
                if not self._is_written:
                    threading.Thread(target=self._write_on, name="live stock", daemon=True).start()
                    self._is_written = True
        self._wanted.set()
        return f"{ROUTE}/{self._name}"

    def _begin(self) -> None:
        self._name, self._is_written = f"{secrets.token_hex(8)}.json", False
        self._starting, self._wanted = threading.Lock(), threading.Event()

    def _write_on(self) -> None:
        pause = threading.Event()
        while self._wanted.wait():
            if not self._snapshot.refresh():
                self._wanted.clear()
                continue
            try:
                self._write(msgspec.json.encode(self._snapshot.changes))
                pause.wait(max(self._snapshot.due_in, A_MOMENT))
            except OSError as fault:
                logger.warning("the changes of live stock can't be written: %s", fault)
                pause.wait(PAUSE_AFTER_FAULT)

    def _write(self, changes: bytes) -> None:
        """At once for whoever reads it."""
        new = self._folder / f"{self._name}.new"
        new.write_bytes(changes)
        new.replace(self._folder / self._name)
