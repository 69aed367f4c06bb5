"""`Idempotency-Key`: the same POST sent twice is done once and answered twice.

After the IETF draft "The Idempotency-Key HTTP Header Field". The answer is inserted in the transaction of its effect,
and the database takes one answer for a key only: who comes second is rolled back and gets the first one's answer.
"""

import functools
import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.http.models import KeptAnswer
from kernel.http.permissions import caller_id
from kernel.storage.databases import atomic_in, context_of, database_of
from kernel.storage.retries import with_retries

KEPT_FOR = timedelta(hours=24)
KEPT_HEADERS = ("Location", "Preference-Applied", "Retry-After")


class KeyReused(exceptions.APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was sent before with another request; use a new one.")


class StillRunning(exceptions.APIException):
    status_code = 409
    default_code = "request_in_progress"
    default_detail = _("The first request with this Idempotency-Key is still running; ask again in a moment.")
    wait = 1


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
        body = JSONRenderer().render(response.data).decode() if response.data is not None else ""
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

    def forget_old(self) -> bool:
        """Deletes an answer that was kept long enough, so that the key may be used again; whether there was one."""
        return bool(self._answers().filter(started_at__lte=self.now - KEPT_FOR).delete()[0])

    def _answers(self) -> QuerySet[KeptAnswer]:
        return KeptAnswer.objects.using(database_of(self.context)).filter(caller_id=self.caller_id, key=self.key)


def idempotent(post: Callable[..., Response]) -> Callable[..., Response]:
    """Makes a view's `post` honour `Idempotency-Key`, in one transaction with the answer.

    Refusals and bad input are kept too; 5xx and 429 are not.
    """

    @functools.wraps(post)
    def with_answer(view: Any, request: Request, *args: Any, keyed: Keyed | None, **kwargs: Any) -> Response:
        return commit_with_answer(keyed, lambda: post(view, request, *args, **kwargs))

    return idempotent_by_itself(with_answer)


def idempotent_by_itself(post: Callable[..., Response]) -> Callable[..., Response]:
    """As `idempotent`, for a `post` with a transaction of its own: it gets `keyed`, None without a key, and calls
    `keep_answers` in that transaction, or `commit_with_answer`."""

    @functools.wraps(post)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        return _once(view, request, lambda keyed: post(view, request, *args, keyed=keyed, **kwargs))

    once.is_idempotent = True  # type: ignore[attr-defined]
    return once


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


def _once(view: Any, request: Request, work: Callable[[Keyed | None], Response]) -> Response:
    keyed = _keyed(view, request)
    if keyed is None:
        return work(None)
    with _alone(keyed):
        try:
            return work(keyed)
        except IntegrityError:  # the key's answer is there, or what was done broke another rule
            if answer := keyed.answered():
                return answer
            if not keyed.forget_old():
                raise
        except Exception as error:  # handle_exception raises again what nobody foresaw
            return _refused(keyed, view.handle_exception(error))
    return _once(view, request, work)


def _refused(keyed: Keyed, response: Response) -> Response:
    """What was rolled back is answered in the same way the next time, unless another answer was first."""
    keyed.forget_old()
    try:
        return commit_with_answer(keyed, lambda: response)
    except IntegrityError:
        return keyed.answered() or response


_running: set[tuple[int, str]] = set()
_running_lock = threading.Lock()


@contextmanager
def _alone(keyed: Keyed) -> Iterator[None]:
    """Raises `StillRunning` while this process is at the same request. Who meets it in another process waits for that
    one's commit instead."""
    run = (keyed.caller_id, keyed.key)
    with _running_lock:
        if run in _running:
            raise StillRunning
        _running.add(run)
    try:
        yield
    finally:
        _running.discard(run)


def _keyed(view: Any, request: Request) -> Keyed | None:
    """Raises `ValidationError` for a key that is none."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not (1 <= len(key) <= 255 and all("!" <= character <= "~" for character in key)):
        fault = _("An Idempotency-Key has 1 to 255 visible ASCII characters.")
        raise exceptions.ValidationError({"Idempotency-Key": [fault]})
    return Keyed(
        context=context_of(type(view).__module__),
        caller_id=caller_id(request),
        key=key,
        fingerprint=_fingerprint(request),
        now=timezone.now(),
    )


def _fingerprint(request: Request) -> str:
    whole = b"\0".join([str(request.method).encode(), request.get_full_path().encode(), request.body])
    return hashlib.sha256(whole).hexdigest()


def _is_final(response: Response) -> bool:
    return response.status_code < 500 and response.status_code != 429


def _replayed(kept: KeptAnswer) -> Response:
    headers = dict(kept.headers)
    content_type = headers.pop("Content-Type", None)
    data = json.loads(kept.body) if kept.body else None
    headers["Idempotency-Replayed"] = "true"
    return Response(data, status=kept.status, headers=headers, content_type=content_type)
