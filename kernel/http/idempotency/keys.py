"""Keeping an answer under its `Idempotency-Key`, in the transaction of its effect."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from kernel.http.models import KeptAnswer
from kernel.http.negotiation import JSON
from kernel.storage.databases import atomic_in, database_of
from kernel.storage.retries import with_retries

KEPT_FOR = timedelta(hours=24)
KEPT_REFUSALS = {400, 409}
KEPT_HEADERS = ("Location", "Preference-Applied", "Retry-After")


class KeyReused(exceptions.APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was sent before with another request; use a new one.")


@dataclass(frozen=True, kw_only=True)
class Keyed:
    """A request under its key; `context` is the one in whose database the answer is kept, beside its effect."""

    context: str
    caller_id: int
    key: str
    fingerprint: str
    now: datetime

    def answer(self, response: Response) -> KeptAnswer:
        """The row to be inserted in the transaction of the effect."""
        content_type = {"Content-Type": response.content_type} if response.content_type else {}
        headers = {name: response[name] for name in KEPT_HEADERS if name in response.headers}
        body = JSON().render(response.data).decode()
        return KeptAnswer(
            caller_id=self.caller_id,
            key=self.key,
            fingerprint=self.fingerprint,
            started_at=self.now,
            status=response.status_code,
            headers=content_type | headers,
            body=body,
        )

    def answered(self) -> Response | None:
        """What was answered before. Raises `KeyReused`."""
        kept = self._answers().filter(started_at__gt=self.now - KEPT_FOR).first()
        if kept and kept.fingerprint != self.fingerprint:
            raise KeyReused
        return _replayed(kept) if kept else None

    def delete_expired(self) -> bool:
        """Deletes an answer that was kept long enough, so that the key may be used again; whether there was one."""
        return bool(self._answers().filter(started_at__lte=self.now - KEPT_FOR).delete()[0])

    def _answers(self) -> QuerySet[KeptAnswer]:
        return KeptAnswer.objects.using(database_of(self.context)).filter(caller_id=self.caller_id, key=self.key)


def commit_with_answer(keyed: Keyed | None, post: Callable[[], Response]) -> Response:
    """What `post` answers, after its effect and the answer were committed together; done again after a deadlock."""

    def once() -> Response:
        if keyed is None:
            return post()
        with atomic_in(keyed.context):
            response = post()
            if _is_final(response):
                keep_answers([(keyed, response)])
        return response

    return with_retries(once)


def keep_answers(answers: Iterable[tuple[Keyed | None, Response]]) -> None:
    """Inserts the answers to requests of one context into its open transaction. Raises `IntegrityError` when one was
    answered already; the transaction must be undone then."""
    rows = [(keyed.context, keyed.answer(response)) for keyed, response in answers if keyed]
    for context, some in groupby(rows, key=lambda row: row[0]):
        KeptAnswer.objects.using(database_of(context)).bulk_create([row for _context, row in some])


def _is_final(response: Response) -> bool:
    """Whether a key keeps the answer: what was done, what a rule decided, and a body that is bad. What is not there yet
    (404), not the caller's to do (403), or not possible now (429, 5xx) may be otherwise the next time."""
    return response.status_code < 300 or response.status_code in KEPT_REFUSALS


def _replayed(kept: KeptAnswer) -> Response:
    headers = dict(kept.headers)
    content_type = headers.pop("Content-Type", None)
    data = json.loads(kept.body) if kept.body else None
    headers["Idempotency-Replayed"] = "true"
    return Response(data, status=kept.status, headers=headers, content_type=content_type)
