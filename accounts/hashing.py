"""Passwords are slow to check on purpose, so only a few are checked at once: lending needs the processors too."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections
from django.utils.translation import gettext_lazy as _

from kernel.http.problems import PleaseWait

IN_LINE = 8
"""So many wait in each process; each holds a thread meanwhile."""
PATIENCE = 3.0
BRIEFLY = 0.05
"""Seconds, where others wait for what the caller's transaction has locked."""


class ManySignIns(PleaseWait):
    default_detail = _("Very many people are signing in just now; please try again in a moment.")


class FewAtOnce(PBKDF2PasswordHasher):
    """Django's own hasher, `SIGN_INS_AT_ONCE` at a time in each process; raises `ManySignIns` instead of a long wait.

    It hashes for a card that does not exist too, so neither the answer nor its time tells which cards there are.
    """

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """The hash, when it is our turn."""
        with _turn():
            return super().encode(password, salt, iterations)


_places = threading.BoundedSemaphore(settings.SIGN_INS_AT_ONCE)
_line = threading.BoundedSemaphore(settings.SIGN_INS_AT_ONCE + IN_LINE)


@contextmanager
def _turn() -> Iterator[None]:
    if not _line.acquire(blocking=False):
        raise ManySignIns
    try:
        if not _places.acquire(timeout=BRIEFLY if _holds_something() else PATIENCE):
            raise ManySignIns
        try:
            yield
        finally:
            _places.release()
    finally:
        _line.release()


def _holds_something() -> bool:
    return any(connection.in_atomic_block for connection in connections.all(initialized_only=True))
