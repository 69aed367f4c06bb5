"""A form that is sent twice is done once: each form carries a key, under which what came of it is kept.

The outcome is inserted in the transaction of the effect, and the database takes one for a key only: whoever comes
second is rolled back and sees the first one's outcome.
"""

import json
import uuid
from dataclasses import asdict, dataclass

from django.db import connections
from django.http import HttpRequest
from django.utils import timezone

from kernel.http.models import KeptAnswer
from kernel.storage.bulk import insert_row

FIELD = "form_key"
_KEPT = "SELECT headers, body FROM http_keptanswer WHERE caller_id = %s AND key = %s"


class SentMeanwhileError(Exception):
    """The same form was done while this one was being done: to be rolled back."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """A sentence that the person is shown, as Django's message of that level; `about`: beside which thing."""

    level: int
    sentence: str
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a form: the page that it leads to, and what is said there."""

    address: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SentForm:
    """A form that a person sent: `name` says which one, `database` is where its effect and its outcome are kept."""

    name: str
    caller_id: int
    key: str
    database: str

    def outcome(self) -> Outcome | None:
        """What came of it, if it was done before."""
        with connections[self.database].cursor() as cursor:  # SQL, because each scan at the desk asks it
            cursor.execute(_KEPT, [self.caller_id, self._kept_as])
            kept = cursor.fetchone()
        if kept is None:
            return None
        headers, body = kept
        notes = tuple(Note(**note) for note in json.loads(body or "[]"))
        return Outcome(address=json.loads(headers)["Location"], notes=notes)

    def keep(self, outcome: Outcome) -> None:
        """Keeps what came of it, in the transaction that did it. Raises `SentMeanwhileError`."""
        row = KeptAnswer(
            caller_id=self.caller_id,
            key=self._kept_as,
            fingerprint=self.name,
            started_at=timezone.now(),
            status=302,
            headers={"Location": outcome.address},
            body=json.dumps([asdict(note) for note in outcome.notes], ensure_ascii=False),
        )
        if not insert_row(row, self.database, or_nothing=True):
            raise SentMeanwhileError

    @property
    def _kept_as(self) -> str:
        return f"form:{self.key}"


def key_of(request: HttpRequest) -> str:
    """The key of the page: the one that was sent, or a new one."""
    return request.POST.get(FIELD, "")[:64] or str(uuid.uuid4())
