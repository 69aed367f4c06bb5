"""Who may do what, decided here for every view."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

Thing = TypeVar("Thing", bound=Model)


class Librarians(BasePermission):
    """Librarians only."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the caller is a librarian."""
        return bool(request.user and request.user.is_staff)


class LibrariansMayChange(BasePermission):
    """Everybody may read, also without signing in; librarians may change."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the caller reads, or is a librarian."""
        return request.method in SAFE_METHODS or bool(request.user and request.user.is_staff)


class EventReaders(BasePermission):
    """Librarians, and programs whose token was made for it (`manage.py make_listener`)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the caller may read the event log."""
        return bool(request.user.is_staff or request.user.has_perm("eventbus.view_event"))


def caller_id(request: Request) -> int:
    """The id of whoever is signed in."""
    caller: Any = request.user
    return int(caller.pk)


def only_of(user: Any) -> int | None:
    """The id of the patron whose things alone the user may act on; None for a librarian, who may act on all."""
    return None if user.is_staff else user.pk


def own_things(user: Any, things: QuerySet[Thing]) -> QuerySet[Thing]:
    """A librarian sees all; a patron what has the patron's id. What is not seen answers 404."""
    return things if user.is_staff else things.filter(patron=user.pk)
