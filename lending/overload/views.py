"""What an API view of lending does under overload: the work now, or a deferral, or `please_wait`."""

import functools
from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.http.problems import PleaseWait
from lending.overload.admission import NOT_BEGUN, OVERLOAD, admission

BEGUN_AT = "lending.begun_at"
"""The name in a request's environment under which is said when its work began that the database could not do, although
it may have been committed. It is only to be deferred then."""


def admitted(deferred_by: str = "") -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Runs a view's `post` in a slot of admission control, with `now`, the time of the request.

    Where there is too much to do, the view's method named `deferred_by` accepts the request for later: it gets `now`,
    and `begun`, which says that the work began and may have been committed although its connection broke. Without such
    a method, `PleaseWait` is raised. The decorator stands outside `idempotent`, so that no transaction is open while
    a request waits for its slot.
    """

    def decorate(post: Callable[..., Response]) -> Callable[..., Response]:
        @functools.wraps(post)
        def now_or_later(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            if begun_at := request.META.get(BEGUN_AT):
                found: Response = getattr(view, deferred_by)(request, *args, now=begun_at, begun=True, **kwargs)
                return found
            now = timezone.now()
            try:
                return _in_a_slot(lambda: post(view, request, *args, now=now, **kwargs))
            except OVERLOAD as why:
                admission.count_deferral(why)
                if not deferred_by:
                    raise PleaseWait from why
                begun = not isinstance(why, NOT_BEGUN)
                accepted: Response = getattr(view, deferred_by)(request, *args, now=now, begun=begun, **kwargs)
                return accepted

        return now_or_later

    return decorate


def _in_a_slot(post: Callable[[], Response]) -> Response:
    with admission.slot():
        response = post()
        if response.status_code == PleaseWait.status_code:  # `idempotent` turns errors into responses
            raise OperationalError("the database could not do it")
        return response
