"""What a librarian does about families. Whoever borrows meanwhile waits for the family, or the family for the loan."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from lending.events import FamilyChanged
from lending.families.queries import members_of
from lending.locks import lock_accounts, lock_known_accounts
from lending.models import Family, Patron


class AlreadyInAFamily(Refused):
    code = "already_in_a_family"
    sentence = _("A patron is in one family at the most. Already in another one: %(cards)s.")
    shown = ("members",)


@atomic_in("lending")
def make_family(*, name: str, members: Collection[int], now: datetime) -> Family:
    """Lets these patrons share a limit. Raises what `_take_in` raises; that they are people is for the caller
    to ask."""
    family = Family.objects.create(name=name)
    _take_in(family, members)

    _announce(family, members, now)
    return family


@atomic_in("lending")
def change_family(
    family_id: int, *, now: datetime, name: str | None = None, members: Collection[int] | None = None
) -> Family:
    """Gives a family another name, or other members. Raises `Family.DoesNotExist` and what `_take_in` raises."""
    family = Family.objects.select_for_update().get(pk=family_id)
    before = members_of(family_id)
    after = before if members is None else frozenset(members)

    family.name = family.name if name is None else name
    family.save(update_fields=["name"])
    lock_accounts(before | after)
    Patron.objects.filter(pk__in=before - after).update(family=None)
    _take_in(family, after - before)

    if before != after:
        _announce(family, after, now)
    return family


@atomic_in("lending")
def dissolve_family(family_id: int, *, now: datetime) -> None:
    """Lets everybody of a family have a limit of the own again. Raises `Family.DoesNotExist`."""
    family = Family.objects.select_for_update().get(pk=family_id)
    members = members_of(family_id)
    lock_known_accounts(members)

    Patron.objects.filter(pk__in=members).update(family=None)
    _announce(family, (), now)
    family.delete()


def leave_family(family_id: int, patron_id: int, *, now: datetime) -> None:
    """Takes a patron out of a family, whose locks the caller holds; the family is dissolved with its last member."""
    family = Family.objects.get(pk=family_id)
    left = members_of(family_id) - {patron_id}

    Patron.objects.filter(pk=patron_id).update(family=None)
    _announce(family, left, now)
    if not left:
        family.delete()


def _take_in(family: Family, members: Collection[int]) -> None:
    """Raises `AlreadyInAFamily`, and `Patron.DoesNotExist` where one was erased."""
    if any(account.erased_at for account in lock_accounts(members).values()):
        raise Patron.DoesNotExist
    accounts = Patron.objects.filter(pk__in=members)
    if elsewhere := sorted(accounts.exclude(family=None).values_list("pk", flat=True)):
        people = get_user_model()
        cards = people.objects.filter(pk__in=elsewhere).order_by("pk").values_list(people.USERNAME_FIELD, flat=True)
        raise AlreadyInAFamily(cards=", ".join(cards), members=elsewhere)
    accounts.update(family=family)


def _announce(family: Family, members: Collection[int], now: datetime) -> None:
    family.version += 1
    family.save(update_fields=["version"])
    publish(FamilyChanged(occurred_at=now, family=family.pk, version=family.version, members=tuple(sorted(members))))
