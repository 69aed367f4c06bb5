"""How lending's door keeps its promise under overload: done now, or accepted for later, or `please_wait`."""

import functools
from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.http.problems import PleaseWait
from lending.overload.admission import NOT_BEGUN, OVERLOAD, guard


def guarded(later: str = "") -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Lets a view's `post` work at a place of the guard, with `now`, the moment of asking.

    Where it can't, the view's method of that name accepts it for later: with `now`, and with `begun`, which tells that
    the work began and may have been committed although its connection broke. Without one, `PleaseWait` is raised.
    It stands outside `idempotent`, whose transaction must not be held open in the line.
    """

    def decorate(post: Callable[..., Response]) -> Callable[..., Response]:
        @functools.wraps(post)
        def now_or_later(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            now = timezone.now()
            try:
                return _at_a_place(lambda: post(view, request, *args, now=now, **kwargs))
            except OVERLOAD as why:
                guard.note_fallback(why)
                if not later:
                    raise PleaseWait from why
                begun = not isinstance(why, NOT_BEGUN)
                accepted: Response = getattr(view, later)(request, *args, now=now, begun=begun, **kwargs)
                return accepted

        return now_or_later

    return decorate


def _at_a_place(post: Callable[[], Response]) -> Response:
    with guard.place():
        answer = post()
        if answer.status_code == PleaseWait.status_code:  # `idempotent` turns errors into answers
            raise OperationalError("the database could not do it")
        return answer
