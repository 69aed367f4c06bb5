"""Passwords are slow to check on purpose, so only a few are checked at once: lending needs the processors too."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.db import connections
from django.utils.translation import gettext_lazy as _

from kernel.http.problems import PleaseWait
from kernel.waiting import waiting

QUEUE_LENGTH = 8
"""So many wait for a slot in each process; each holds a thread meanwhile."""
TIMEOUT = 3.0
SHORT_TIMEOUT = 0.05
"""Seconds, where others wait for what the caller's transaction has locked."""


class HashedPassword(str):
    """A password as it is stored. `hash_password` makes one, before any transaction that must not wait for it."""


def hash_password(password: str) -> HashedPassword:
    """The hash of a password, or of none that could be used where it is empty. It takes a second or so, and longer
    where many are hashed. Raises `ManySignIns`."""
    return HashedPassword(make_password(password or None))


class ManySignIns(PleaseWait):
    default_detail = _("Very many people are signing in just now; please try again in a moment.")


class FewAtOnce(PBKDF2PasswordHasher):
    """Django's own hasher, `SIGN_INS_AT_ONCE` at a time in each process; raises `ManySignIns` instead of a long wait.

    It hashes for a card that does not exist too, so neither the answer nor its time tells which cards there are.
    """

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """The hash, once there is a free slot."""
        with waiting(), _slot():
            return super().encode(password, salt, iterations)


_slots = threading.BoundedSemaphore(settings.SIGN_INS_AT_ONCE)
_queue = threading.BoundedSemaphore(settings.SIGN_INS_AT_ONCE + QUEUE_LENGTH)


@contextmanager
def _slot() -> Iterator[None]:
    if not _queue.acquire(blocking=False):
        raise ManySignIns
    try:
        if not _slots.acquire(timeout=SHORT_TIMEOUT if _holds_something() else TIMEOUT):
            raise ManySignIns
        try:
            yield
        finally:
            _slots.release()
    finally:
        _queue.release()


def _holds_something() -> bool:
    return any(connection.in_atomic_block for connection in connections.all(initialized_only=True))
