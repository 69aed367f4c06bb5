"""`Idempotency-Key`: the same POST sent twice is done once and answered twice.

After the IETF draft "The Idempotency-Key HTTP Header Field". The answer is inserted in the transaction of its effect,
and the database takes one answer for a key only: who comes second is rolled back and gets the first one's answer.
"""

import functools
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.http.idempotency.keys import Keyed, commit_with_answer
from kernel.http.permissions import caller_id
from kernel.storage.databases import context_of

KEY = re.compile("[!-~]{1,255}")


class StillRunning(exceptions.APIException):
    status_code = 409
    default_code = "request_in_progress"
    default_detail = _("The first request with this Idempotency-Key is still running; ask again in a moment.")
    wait = 1


def idempotent(post: Callable[..., Response]) -> Callable[..., Response]:
    """Makes a view's `post` honour `Idempotency-Key`, in one transaction with the answer.

    A rule's refusal (409) and bad input (400) are kept too. What may change by itself is not final and is asked for
    anew: 404, since events may bring the thing in a moment, 403, 429 and 5xx.
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
            if not keyed.delete_expired():
                raise
        except Exception as error:  # handle_exception raises again what nobody foresaw
            return _refused(keyed, view.handle_exception(error))
    return _once(view, request, work)


def _refused(keyed: Keyed, response: Response) -> Response:
    """What was rolled back is answered in the same way the next time, unless another answer was first."""
    keyed.delete_expired()
    try:
        return commit_with_answer(keyed, lambda: response)
    except IntegrityError:
        return keyed.answered() or response


_running: set[tuple[int, str]] = set()
_running_lock = threading.Lock()


def begins(keyed: Keyed) -> bool:
    """Whether this process is not at the same request already. Who meets it in another process waits for that one's
    commit instead. `ends` is called once it is answered."""
    run = (keyed.caller_id, keyed.key)
    with _running_lock:
        if run in _running:
            return False
        _running.add(run)
    return True


def ends(keyed: Keyed) -> None:
    """The request is answered."""
    _running.discard((keyed.caller_id, keyed.key))


@contextmanager
def _alone(keyed: Keyed) -> Iterator[None]:
    if not begins(keyed):
        raise StillRunning
    try:
        yield
    finally:
        ends(keyed)


def _keyed(view: Any, request: Request) -> Keyed | None:
    """Raises `ValidationError` for a key that is none."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not KEY.fullmatch(key):
        fault = _("An Idempotency-Key has 1 to 255 visible ASCII characters.")
        raise exceptions.ValidationError({"Idempotency-Key": [fault]})
    return Keyed(
        context=context_of(type(view).__module__),
        caller_id=caller_id(request),
        key=key,
        fingerprint=fingerprint_of(str(request.method), request.get_full_path(), request.body),
        now=timezone.now(),
    )


def fingerprint_of(method: str, address: str, body: bytes) -> str:
    """Tells requests apart. Keyed, since bodies have passwords, which a plain digest would let somebody guess."""
    whole = b"\0".join([method.encode(), address.encode(), body])
    return salted_hmac("kernel.http.idempotency", whole, algorithm="sha256").hexdigest()
