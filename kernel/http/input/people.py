"""People whom a path names."""

from typing import Any

from django.contrib.auth import get_user_model
from django.shortcuts import get_object_or_404


def person_or_404(pk: int) -> Any:
    """The person of that id. Raises `Http404` also for who was erased, and for a program."""
    return get_object_or_404(get_user_model(), pk=pk, erased_at=None, is_program=False)
