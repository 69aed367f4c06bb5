"""What a role is, who may give one, and who may change whom. The installation's table of roles is `settings.ROLES`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from accounts.models import User

MANAGE_STAFF = "accounts.manage_staff"


@dataclass(frozen=True, kw_only=True)
class Role:
    """A named list of permissions, kept as the Django group of that name. `sentence` says what its holders do."""

    name: str
    title: str | Promise
    sentence: str | Promise
    permissions: frozenset[str]


def all_roles() -> Mapping[str, Role]:
    """The roles of this installation by name, in the order in which they are shown."""
    roles: Iterable[Role] = import_string(settings.ROLES)
    return {role.name: role for role in roles}


def roles_of(person: User) -> list[Role]:
    """The roles that a person has."""
    held = set(person.groups.values_list("name", flat=True))
    return [role for role in all_roles().values() if role.name in held]


def roles_to_give(giver: Any) -> list[Role]:
    """The roles that somebody may give to others: none without `manage_staff`, and none with a right he has not."""
    if not giver.has_perm(MANAGE_STAFF):
        return []
    own = giver.get_all_permissions()
    return [role for role in all_roles().values() if role.permissions <= own]


def may_change(by: Any, person: User) -> bool:
    """Whether somebody may change another's details, password and roles, or his own.

    Never those of who has a right that he has not: with a password he could take it.
    """
    if by.is_superuser or by.pk == person.pk:
        return True
    if person.is_superuser or ((person.is_staff or person.is_program) and not by.has_perm(MANAGE_STAFF)):
        return False
    return rights_given_to(person) <= by.get_all_permissions()


def rights_given_to(person: User) -> set[str]:
    """The permissions of a person's roles and account. Django itself tells none of an account that is not active."""
    given = Permission.objects.filter(group__user=person) | Permission.objects.filter(user=person)
    return {f"{label}.{name}" for label, name in given.values_list("content_type__app_label", "codename")}
