"""`Idempotency-Key`: the same POST sent twice is done once and answered twice.

After the IETF draft "The Idempotency-Key HTTP Header Field". The answer commits together with its effect,
so it is kept in the database of the context whose door was asked.
"""

import functools
import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from library.api.models import KeptAnswer
from library.api.permissions import caller_id
from library.databases import all_databases, context_of, database_of

KEPT_FOR = timedelta(hours=24)
LONGEST_RUN = timedelta(seconds=60)
"""After that a request that never answered is given up, and its key may be used again."""
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


def idempotent(post: Callable[..., Response]) -> Callable[..., Response]:
    """Makes a view's `post` honour `Idempotency-Key`. Refusals and bad input are kept too; 5xx, 429 are not."""

    @functools.wraps(post)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return post(view, request, *args, **kwargs)
        answers = KeptAnswer.objects.using(database_of(context_of(type(view).__module__)))
        kept = _begin(answers, caller_id(request), _checked(key), _fingerprint(request), timezone.now())
        if kept.status:
            return _replayed(kept)
        try:
            return _run(lambda: post(view, request, *args, **kwargs), view, kept)
        except BaseException:
            _forget(kept)
            raise

    once.is_idempotent = True  # type: ignore[attr-defined]
    return once


def forget_old_answers(now: datetime) -> int:
    """Deletes the answers that were kept long enough and returns how many there were."""
    old = (KeptAnswer.objects.using(alias).filter(started_at__lt=now - KEPT_FOR) for alias in all_databases())
    return sum(answers.delete()[0] for answers in old)


def _checked(key: str) -> str:
    if not (1 <= len(key) <= 255 and all("!" <= character <= "~" for character in key)):
        fault = _("An Idempotency-Key has 1 to 255 visible ASCII characters.")
        raise exceptions.ValidationError({"Idempotency-Key": [fault]})
    return key


def _fingerprint(request: Request) -> str:
    whole = b"\0".join([str(request.method).encode(), request.get_full_path().encode(), request.body])
    return hashlib.sha256(whole).hexdigest()


def _begin(answers: QuerySet[KeptAnswer], caller_id: int, key: str, fingerprint: str, now: datetime) -> KeptAnswer:
    """The answer kept before, or a new row that says the request is running. Raises `KeyReused`, `StillRunning`."""
    fresh = {"fingerprint": fingerprint, "run": uuid.uuid4(), "started_at": now}
    kept, is_new = answers.get_or_create(caller_id=caller_id, key=key, defaults=fresh)
    age = now - kept.started_at
    if is_new:
        return kept
    if age > KEPT_FOR or (kept.status is None and age > LONGEST_RUN and kept.fingerprint == fingerprint):
        mine = _still_ours(kept).update(**fresh, status=None)
        kept.refresh_from_db()
        if not mine:
            raise StillRunning
    elif kept.fingerprint != fingerprint:
        raise KeyReused
    elif kept.status is None:
        raise StillRunning
    return kept


def _run(post: Callable[[], Response], view: Any, kept: KeptAnswer) -> Response:
    """Keeps the answer in the transaction of its effect; of a refusal, after that was rolled back."""
    try:
        with transaction.atomic(using=kept._state.db):
            response = post()
            _keep(kept, response)
    except StillRunning:
        raise
    except Exception as error:  # handle_exception raises again what nobody foresaw
        response = view.handle_exception(error)
        _keep(kept, response)
    return response


def _keep(kept: KeptAnswer, response: Response) -> None:
    if response.status_code >= 500 or response.status_code == 429:
        _forget(kept)
        return
    content_type = {"Content-Type": response.content_type} if response.content_type else {}
    headers = {**content_type, **{name: response[name] for name in KEPT_HEADERS if name in response.headers}}
    body = JSONRenderer().render(response.data).decode() if response.data is not None else ""
    if not _still_ours(kept).update(status=response.status_code, headers=headers, body=body):
        raise StillRunning


def _forget(kept: KeptAnswer) -> None:
    _still_ours(kept).delete()


def _still_ours(kept: KeptAnswer) -> QuerySet[KeptAnswer]:
    return KeptAnswer.objects.using(kept._state.db).filter(pk=kept.pk, run=kept.run)


def _replayed(kept: KeptAnswer) -> Response:
    headers = dict(kept.headers)
    content_type = headers.pop("Content-Type", None)
    data = json.loads(kept.body) if kept.body else None
    headers["Idempotency-Replayed"] = "true"
    return Response(data, status=kept.status, headers=headers, content_type=content_type)
