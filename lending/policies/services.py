"""Adopting the dated rules of lending, and dropping those that do not hold yet."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish
from kernel.observability.tracing import current_trace
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from lending.events import PolicyAdopted, PolicyDropped
from lending.models import BEGINNING, Policy, PolicyChange, RulesVersion, Terms


class PolicyInThePast(Refused):
    code = "in_the_past"
    sentence = _("Rules hold from today on or later; %(valid_from)s is past, and loans made by then keep theirs.")


class AlreadyLent(PolicyInThePast):
    sentence = _("Something was lent under these rules already: say from which day on the new ones hold.")


class PolicyInForce(PolicyInThePast):
    sentence = _("The rules of %(valid_from)s are in force; adopt others instead, from today on or later.")


@atomic_in("lending")
def adopt_policy(
    *,
    given: Mapping[str, Any],
    now: datetime,
    valid_from: date | None = None,
    category: str = "",
    copy_type: str = "",
) -> tuple[Policy, bool]:
    """Sets the rules of lending for a category and a type of copies, empty for any, from a day on; None is from the
    beginning, while nothing was lent under them. `given` has them by dotted names. Loans made before keep theirs.

    Returns the policy, and whether it is new: one of the same category, type and day is replaced. Raises
    `PolicyInThePast`.
    """
    change_version()
    if valid_from is None and _was_lent(category, copy_type):
        raise AlreadyLent
    if valid_from and valid_from < timezone.localdate(now):
        raise PolicyInThePast(valid_from=valid_from)

    policy, is_new = Policy.objects.update_or_create(
        {"given": dict(given)}, category=category, copy_type=copy_type, valid_from=valid_from or BEGINNING
    )
    _note(policy.pk, PolicyChange.What.ADOPTED if is_new else PolicyChange.What.REPLACED, now, given)

    place: dict[str, Any] = {"valid_from": policy.begins_on, "category": category, "copy_type": copy_type}
    publish(PolicyAdopted(occurred_at=now, policy=policy.pk, **place, rules=dict(given)))
    return policy, is_new


@atomic_in("lending")
def drop_policy(policy_id: int, *, now: datetime) -> None:
    """Drops rules that are not in force yet. Raises `Policy.DoesNotExist` and `PolicyInForce`."""
    change_version()
    policy = Policy.objects.select_for_update().get(pk=policy_id)
    if policy.valid_from <= timezone.localdate(now):
        raise PolicyInForce(valid_from=policy.begins_on or _("the beginning"))

    policy.delete()
    _note(policy_id, PolicyChange.What.DROPPED, now, policy.given)

    publish(PolicyDropped(occurred_at=now, policy=policy_id))


def _note(policy_id: int, what: PolicyChange.What, now: datetime, given: Mapping[str, Any]) -> None:
    by = current_trace().by
    PolicyChange.objects.create(policy_id=policy_id, what=what, at=now, by_id=by, given=dict(given))


def change_version() -> None:
    """Makes every process read the rules anew once this is committed. Who changes them waits here for others who do."""
    token = secrets.randbits(62)
    if not RulesVersion.objects.filter(pk=1).update(token=token):
        RulesVersion.objects.update_or_create({"token": token}, pk=1)


def _was_lent(category: str, copy_type: str) -> bool:
    """Terms are made with the first loan that keeps them."""
    named = {"category": category, "copy_type": copy_type}
    return Terms.objects.filter(**{name: value for name, value in named.items() if value}).exists()
