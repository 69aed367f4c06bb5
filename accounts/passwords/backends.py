"""By which numbers people sign in."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.cards import CardClosed, CardLost
from accounts.models import User
from kernel.labels.reading import CARD, searched
from kernel.storage.databases import connection_of
from kernel.storage.instances import columns_of, instance_of
from kernel.values.scans import is_same

# SQL, because every page that somebody is signed in for asks it: composing it took longer than the answers.
FROM_PERMISSIONS = """
FROM auth_permission permission JOIN django_content_type content ON content.id = permission.content_type_id
WHERE permission.id IN (
    SELECT given.permission_id FROM auth_group_permissions given
    JOIN accounts_user_groups member ON member.group_id = given.group_id WHERE member.user_id = %s
    UNION SELECT own.permission_id FROM accounts_user_user_permissions own WHERE own.user_id = %s)
"""
PERMISSION = "content.app_label || '.' || permission.codename"
JOINED = {"postgresql": "string_agg", "sqlite": "group_concat"}
PERSON = f"""
SELECT {columns_of(User, "person")},
CASE WHEN person.is_staff AND NOT person.is_superuser THEN (SELECT {{joined}}({PERMISSION}, ' ') {FROM_PERMISSIONS}) END
FROM accounts_user person WHERE person.id = %s
"""  # noqa: S608  names of columns


class CurrentCards(ModelBackend):
    """Django's own, for the card that somebody has now.

    Only who knows the password learns that a card was replaced or is closed: to others its number is as wrong as any,
    and takes as long to check.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        """Whose card and password these are, or nobody. Raises `CardClosed` and `CardLost`."""
        person = super().authenticate(request, username=username, password=password, **kwargs)
        if isinstance(person, User) and username and not is_same(searched(username, CARD), person.card_number):
            raise CardLost(card_number=username)
        return person

    def user_can_authenticate(self, user: Any) -> bool:
        """Always: it is asked of who knows the password. Raises `CardClosed`."""
        if not user.is_active:
            raise CardClosed
        return True

    def get_user(self, user_id: int) -> User | None:
        """Whoever that is, if the card is active; of staff with their permissions, which each of their pages asks."""
        connection = connection_of("accounts")
        with connection.cursor() as cursor:
            cursor.execute(PERSON.format(joined=JOINED[connection.vendor]), [user_id] * 3)
            row = cursor.fetchone()
        if row is None:
            return None
        *columns, permissions = row
        person = instance_of(User, columns)
        if person.is_staff and not person.is_superuser:
            vars(person)["_perm_cache"] = set((permissions or "").split())
        return person if person.is_active else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """As Django's, in one statement; nobody has a permission for one object alone."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if user_obj.is_superuser:
            return super().get_all_permissions(user_obj)
        if not hasattr(user_obj, "_perm_cache"):
            with connection_of("accounts").cursor() as cursor:
                cursor.execute(f"SELECT {PERMISSION} {FROM_PERMISSIONS}", [user_obj.pk] * 2)
                user_obj._perm_cache = {name for (name,) in cursor.fetchall()}
        kept: set[str] = user_obj._perm_cache
        return kept
