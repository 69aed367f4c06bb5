"""Who acts on the staff side."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from kernel.observability.tracing import acting


def done_by_staff(view: Callable[..., HttpResponse], *, via: str) -> Callable[..., HttpResponse]:
    """The view, with whatever it publishes recorded as done by the person who is signed in, through that door."""

    @wraps(view)
    def recorded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with acting(by=request.user.pk, via=via):
            return view(request, *args, **kwargs)

    return recorded
