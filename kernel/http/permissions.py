"""Who may make a call. Each view names it, for each method where they differ; one that names nobody lets nobody in.

An account that is a program (`is_program`) is refused by all of these; the event log itself says who reads it.
"""

from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

Thing = TypeVar("Thing", bound=Model)
Who = type[BasePermission]


class Nobody(BasePermission):
    """Nobody, not even a superuser: the default for views that name nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Never."""
        return False


class Anyone(BasePermission):
    """Everybody, also without signing in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller is no program."""
        return not (request.user.is_authenticated and request.user.is_program)


class SignedIn(BasePermission):
    """Patrons and staff, for what is their own."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether a person has signed in."""
        return bool(request.user.is_authenticated and not request.user.is_program)


class Staff(SignedIn):
    """Members of staff whose roles have a permission: made by `may`."""

    permission: ClassVar[str]

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller is staff and has the permission."""
        return super().has_permission(request, view) and has_right(request.user, self.permission)


class OwnOrAll(SignedIn):
    """Everybody for their own things, staff with a permission for everybody's: made by `own_or_all`."""

    permission: ClassVar[str]

    @classmethod
    def only_of(cls, user: Any) -> int | None:
        """The id of the patron whose things alone the user may see or act on; None where that is everybody."""
        return None if has_right(user, cls.permission) else int(user.pk)

    @classmethod
    def things(cls, user: Any, things: QuerySet[Thing]) -> QuerySet[Thing]:
        """Those that the user may see or act on. The others are answered 404, as if they were not there."""
        patron = cls.only_of(user)
        return things if patron is None else things.filter(patron=patron)


class ByMethod(BasePermission):
    """Different people for each method of a view: made by `by_method`."""

    who: ClassVar[dict[str, Who]]

    @classmethod
    def of(cls, method: str | None, view: Any) -> Who:
        """Who may call a method. HEAD and OPTIONS are as GET; who has signed in is told 405 of what there is not."""
        name = "GET" if method in {"HEAD", "OPTIONS"} else str(method)
        return cls.who.get(name) or (Nobody if hasattr(view, name.lower()) else SignedIn)

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller is among those named for the method."""
        return self.of(request.method, view)().has_permission(request, view)


def may(permission: str) -> type[Staff]:
    """Staff with that permission, such as `fines.waive_fine`."""
    return type("May", (Staff,), {"permission": permission})


def own_or_all(permission: str) -> type[OwnOrAll]:
    """Everybody for their own things, and staff with that permission for everybody's."""
    return type("OwnOrAll", (OwnOrAll,), {"permission": permission})


def by_method(**who: Who) -> type[ByMethod]:
    """Who may call each method: `by_method(GET=Anyone, POST=may("catalog.add_book"))`. One left out is nobody's."""
    return type("ByMethod", (ByMethod,), {"who": who})


def is_open(view: Any, method: str) -> bool:
    """Whether a view lets strangers make that call."""
    named = (one.of(method, view) if issubclass(one, ByMethod) else one for one in view.permission_classes)
    return all(one is Anyone for one in named)


def has_right(user: Any, permission: str) -> bool:
    """Whether somebody is staff and has the permission. Patrons have none, whatever their groups are."""
    return bool(user.is_staff and user.has_perm(permission))


def caller_id(request: Request) -> int:
    """The id of whoever is signed in."""
    caller: Any = request.user
    return int(caller.pk)
