"""The index' folder on this machine: which generation of it counts, who may write, and searchers for all readers.

Each database has a folder of its own under `SEARCH_DIR`. In it `state.json` names the generation that counts and how
far in the event log it is; it is replaced as a whole, so a reader sees one state or the next. One program at a time
holds the lock and writes; readers need nobody.
"""

import fcntl
import hashlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import msgspec
import tantivy
from django.conf import settings

from catalog.search.schema import VERSION, make_schema
from kernel.storage.databases import connection_of
from kernel.waiting import waiting

ASK_AGAIN = 0.02
UNREADABLE = (OSError, ValueError, KeyError, TypeError, msgspec.MsgspecError)
"""What comes of a folder that is missing, or that somebody else wrote into."""

SETTLED = 1_000_000_000
"""Nanoseconds after which a file that looks as it did is the same one: clocks of file systems are coarse."""


@dataclass(frozen=True)
class State:
    """What the index holds."""

    generation: str
    version: int
    position: int
    """Of the event log's last event that is in it; 0 for none."""
    event: str
    """That event's uuid, by which the log is known again after another one was put in its place."""
    newest: int
    """The last book's id: books that came without events, as a table that was copied, have higher ones."""
    waiting: dict[str, int] = field(default_factory=dict)
    """Of copies whose last move the catalogue had not noted yet that move's number."""
    written_at: int = 0
    """When books in it were last written again, in nanoseconds; 0 where whoever wrote the state did not say."""


def folder() -> Path:
    """This database's folder."""
    parts = [connection_of(app).settings_dict for app in ("catalog", "eventbus")]
    return _folder(settings.SEARCH_DIR, "\n".join(f"{part['HOST']} {part['PORT']} {part['NAME']}" for part in parts))


@lru_cache
def _folder(among: str, named: str) -> Path:
    return Path(among) / hashlib.sha256(named.encode()).hexdigest()[:16]


def state_of(place: Path) -> State | None:
    """What the index there holds; nothing where there is none, or one of another version."""
    path = place / "state.json"
    try:
        file = path.stat()
        is_settled = time.time_ns() - file.st_mtime_ns > SETTLED
        state = _kept_state(path, file.st_ino, file.st_mtime_ns) if is_settled else _state_in(path)
    except UNREADABLE:
        return None
    return state if state.version == VERSION else None


def _state_in(path: Path) -> State:
    return msgspec.json.decode(path.read_bytes(), type=State)


@lru_cache
def _kept_state(path: Path, _number: int, _written_at: int) -> State:
    """Read once for each time that it was replaced."""
    return _state_in(path)


def content_of(place: Path) -> tuple[str, int] | None:
    """Another one whenever a search may find something else: for who remembers what one found. None without an
    index."""
    state = state_of(place)
    return (state.generation, state.written_at or -state.position) if state else None


def write_state(place: Path, state: State) -> None:
    """Makes it the one that counts."""
    new = place / f"state-{os.getpid()}-{threading.get_ident()}"
    new.write_bytes(msgspec.json.encode(state))
    new.replace(place / "state.json")


def condemn(place: Path, state: State | None) -> None:
    """Has the index of that state built anew: it can't be read."""
    if state_of(place) == state:
        (place / "state.json").unlink(missing_ok=True)


def new_generation(place: Path) -> tuple[str, tantivy.Index]:
    """An empty index beside the one that counts."""
    name = f"{VERSION}-{uuid4().hex[:12]}"
    (place / name).mkdir(parents=True)
    return name, tantivy.Index(make_schema(), str(place / name))


def drop_other_generations(place: Path, kept: str) -> None:
    """Deletes the generations that count no more. Who still reads one keeps it open until then."""
    for path in place.iterdir():
        if path.is_dir() and path.name != kept:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def writing(place: Path, *, wait: float = 0) -> Iterator[bool]:
    """Whether this is the one program that may write until the end of the block; it waits so many seconds for that.

    The lock ends with the process that has it.
    """
    place.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + wait
    with (place / "lock").open("w") as lock:
        while not (held := _lock(lock.fileno())) and time.monotonic() < end:
            with waiting():
                time.sleep(ASK_AGAIN)
        yield held


class Reader:
    """This process' view of the index: opened once, and looked at again when its state has changed."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._seen: tuple[Path, State] | None = None
        self._index: tantivy.Index | None = None

    def searcher(self, place: Path, state: State) -> tantivy.Searcher:
        """The index as it is now. Raises one of `UNREADABLE` where it can't be read."""
        with self._guard:
            if self._index is None or self._seen is None or self._seen[0] != place or self._is_older_than(state):
                self._index = tantivy.Index.open(str(place / state.generation))
            elif self._seen[1] != state:
                self._index.reload()
            self._seen = place, state
            return self._index.searcher()

    def _is_older_than(self, state: State) -> bool:
        return self._seen is None or self._seen[1].generation != state.generation


reader = Reader()


def _lock(descriptor: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
