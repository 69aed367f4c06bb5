"""Locks of a patron who is about to have more: the family whose limit counts, and then the account, which says
which family that is. An account whose patron joins one while it is waited for is given back first."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db.models import Exists

from kernel.storage.composed import Rows, composed
from kernel.storage.databases import atomic_in
from lending.models import Family, Patron

Given = ParamSpec("Given")
Done = TypeVar("Done")


class _FamilyChanged(Exception):
    """The account is locked, and its patron has joined or left a family meanwhile."""


def locking_borrower(service: Callable[Given, Done]) -> Callable[Given, Done]:
    """The service in a transaction, which is undone and begun anew where `lock_borrower` has locked another family."""

    @wraps(service)
    def in_order(*args: Given.args, **kwargs: Given.kwargs) -> Done:
        while True:
            with suppress(_FamilyChanged), atomic_in("lending"):
                return service(*args, **kwargs)

    return in_order


def lock_borrower(patron_id: int) -> None:
    """Locks the family, if there is one, and the account, in a service that is `locking_borrower`.

    Who has no family costs one statement. Opens an account where `PatronRegistered` has not come yet.
    """
    single = _locked_if_single(patron_id)
    family_id = None if single else _locked_family(patron_id)
    ((family_by_now,),) = single or Patron.objects.select_for_update().filter(pk=patron_id).values_list("family")
    if family_by_now != family_id:
        raise _FamilyChanged


@composed
def _locked_if_single(patron: int) -> Rows:
    """Which family a patron has by now who had none before the account was waited for. Who had one is not locked."""
    single = Exists(Patron.objects.filter(pk=patron, family=None))
    return Patron.objects.select_for_update().filter(single, pk=patron).values_list("family")


def _locked_family(patron_id: int) -> int | None:
    family_id = Patron.objects.filter(pk=patron_id).values_list("family", flat=True).first()
    if family_id:
        Family.objects.select_for_update().filter(pk=family_id).first()
    else:
        Patron.objects.bulk_create([Patron(pk=patron_id)], ignore_conflicts=True)
    return family_id
