"""How long somebody stays signed in with a browser: `SIGNED_IN_FOR` at most, and patrons not longer than `IDLE` without
doing anything. The cookie itself ends with the browser.

docs/security.md says why. Programs have tokens, which end by themselves.
"""

from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from kernel.storage.instances import columns_of, first_instance

SIGNED_IN_FOR = timedelta(seconds=settings.SESSION_COOKIE_AGE)
IDLE = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=5)
"""So exact is the time without doing anything; else each page would write."""
SEEN = "seen_at"


class SessionStore(db.SessionStore):
    """Django's own table of sessions, of which those end early whose patrons went away."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing once it was idle for too long."""
        row = first_instance(self.model, _session_of(self.model), [self.session_key, timezone.now()])
        if row is None:
            self._session_key = None
        data: dict[str, Any] = self.decode(row.session_data) if row else {}
        if SEEN in data:
            now = timezone.now().timestamp()
            idle = timedelta(seconds=now - float(data[SEEN]))
            if idle > IDLE:
                self._session_key = None
                return {}
            if idle > SEEN_EVERY:
                data[SEEN] = now
                self._note(row, data)
        return data

    def _note(self, row: Any, data: dict[str, Any]) -> None:
        """Unless somebody else changed or ended the session meanwhile, such as the same person in another tab."""
        unchanged = self.model.objects.filter(pk=row.pk, session_data=row.session_data)
        unchanged.update(session_data=self.encode(data))

    def get_expire_at_browser_close(self) -> bool:
        """Always, also where the session ends at a moment."""
        return True


@cache
def _session_of(model: type[Model]) -> str:
    """SQL, because every page of somebody who is signed in asks it."""
    columns = columns_of(model, "session")
    return f"SELECT {columns} FROM django_session session WHERE session.session_key = %s AND session.expire_date > %s"  # noqa: S608  names of columns


def limit_session(request: HttpRequest, user: Any, **_: Any) -> None:
    """Sets when the session of somebody who has just signed in ends, however much is done with it."""
    session = getattr(request, "session", None)
    if session is None:  # signed in for a token
        return
    now = timezone.now()
    session.set_expiry(now + SIGNED_IN_FOR)
    if user.is_staff:
        session.pop(SEEN, None)
    else:
        session[SEEN] = now.timestamp()
