"""Which policy decides. Each process remembers the adopted ones by their version, so that a change holds at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from lending.models import Policy, RulesVersion
from lending.policy_fields import NAMES, Rules

NONE_ADOPTED = 0
"""The version before any policy was adopted."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Decision:
    """The policy that decides for a category and a type of copies on a day, None where there is none, and its rules
    with every field filled. `left_out` names the fields that it does not say itself. A table makes each only once."""

    category: str
    copy_type: str
    policy: Policy | None
    rules: Rules
    left_out: tuple[str, ...]


class PolicyTable:
    """All adopted policies."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._policies = sorted(policies, key=lambda policy: policy.valid_from)
        self.deciding = lru_cache(maxsize=10_000)(self._deciding)
        self.asks_for_type = lru_cache(maxsize=1_000)(self._asks_for_type)

    def _deciding(self, category: str, copy_type: str, day: date) -> Decision:
        """What decides for patrons of a category and copies of a type on a day: the most specific policy in force,
        whole; among equals the newest."""
        places = dict.fromkeys([(category, copy_type), (category, ""), ("", copy_type), ("", "")])
        found = [policy for place in places if (policy := self._newest(*place, day))]
        deciding, for_all = next(iter(found), None), self._newest("", "", day)
        return _decision(category, copy_type, deciding, for_all)

    def _asks_for_type(self, day: date) -> bool:
        """Whether it matters on that day of which type a copy is."""
        given = [policy for policy in self._policies if policy.valid_from <= day]
        return any(policy.copy_type or policy.given.get("loan.max_of_type") is not None for policy in given)

    def _newest(self, category: str, copy_type: str, day: date) -> Policy | None:
        of_place = [one for one in self._policies if (one.category, one.copy_type) == (category, copy_type)]
        return next((policy for policy in reversed(of_place) if policy.valid_from <= day), None)

    def shown(self, policy: Policy, day: date) -> Decision:
        """A policy as it would decide on a day."""
        return _decision(policy.category, policy.copy_type, policy, self._newest("", "", day))


def _decision(category: str, copy_type: str, policy: Policy | None, for_all: Policy | None) -> Decision:
    given: Mapping[str, Any] = policy.given if policy else {}
    return Decision(
        category=category,
        copy_type=copy_type,
        policy=policy,
        rules=Rules.of(given, for_all.given if for_all else {}),
        left_out=tuple(name for name in NAMES if name not in given),
    )


_remembered: tuple[int, PolicyTable] = (NONE_ADOPTED, PolicyTable([]))


def table_of(version: int | None) -> PolicyTable:
    """The policies of a version that was read in the same transaction: one statement, or none where it is known."""
    global _remembered
    version, remembered = version or NONE_ADOPTED, _remembered
    if remembered[0] != version:
        _remembered = remembered = (version, PolicyTable(Policy.objects.all()))
    return remembered[1]


def policies_now() -> PolicyTable:
    """The adopted policies."""
    return table_of(RulesVersion.objects.filter(pk=1).values_list("token", flat=True).first())
