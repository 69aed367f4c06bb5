"""How django-q2's task queue is set up; docs/decisions/0011 says why so."""

from typing import Any

from django.utils.translation import gettext_lazy as _


def queue_settings(*, workers: int, redis_url: str) -> dict[str, Any]:
    """The setting `Q_CLUSTER`, for so many workers; with Redis as the broker where there is an address of one."""
    return {
        "name": "library",
        "label": _("task queue"),
        "workers": workers,
        "queue_limit": 2,
        "timeout": 60,
        "retry": 120,
        "poll": 0.1,
        "catch_up": False,
        "save_limit": -1,
        "max_attempts": 5,
        "ack_failures": True,
        **({"redis": redis_url} if redis_url else {"orm": "default"}),
    }
