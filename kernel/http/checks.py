"""A system check of the addresses: every view of the API says who may call it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, get_resolver


def views_say_who_may(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """An error for each view with an empty `permission_classes`, which would let everybody in."""
    return faults_of(get_resolver().url_patterns)


def faults_of(patterns: Sequence[Any]) -> list[CheckMessage]:
    """What is wrong with the views at these addresses."""
    return [
        Error(
            f"The view at {route} has an empty permission_classes, which lets everybody in.",
            hint="Name who may, such as (Anyone,) or (SignedIn,), from kernel/http/permissions.py.",
            id="http.E001",
        )
        for route, view in _views(patterns)
        if not _permissions_of(view)
    ]


def _views(patterns: Sequence[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The addresses of REST framework's views; others have permissions of other kinds."""
    for one in patterns:
        route = before + str(one.pattern)
        if not isinstance(one, URLPattern):
            yield from _views(one.url_patterns, route)
        elif hasattr(getattr(one.callback, "cls", None), "permission_classes"):
            yield route, one.callback


def _permissions_of(view: Any) -> Sequence[Any]:
    named: Sequence[Any] = view.initkwargs.get("permission_classes", view.cls.permission_classes)
    return named
