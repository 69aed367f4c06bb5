"""Whether patrons may borrow, as the rules of lending ask. Read after the patrons' accounts were locked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from kernel.days.calendar import Calendar
from kernel.storage.databases import connection_of
from lending.calendar.memory import calendar_in_force, calendar_of
from lending.models import LoanPolicy
from lending.queries import policy_on


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """What a patron owes (KRW), how many copies the patron has out and has requested, and the rules in force."""

    owed: int
    out: int
    requested: int
    policy: LoanPolicy
    calendar: Calendar


# SQL, because every borrow needs it: composing it by the ORM took longer than the database took to answer.
ELIGIBILITY = """
SELECT {key},
    COALESCE((SELECT SUM(owed) FROM lending_debt WHERE patron_id = {patron} AND owed > 0), 0),
    (SELECT COUNT(*) FROM lending_loanline line JOIN lending_loan other ON other.id = line.loan_id
        WHERE other.patron_id = {patron} AND other.status = 'active' AND line.ending = ''),
    COALESCE((SELECT SUM(quantity) FROM lending_loan other
        WHERE other.patron_id = {patron} AND other.status = 'requested' {which}), 0),
    COALESCE((SELECT token FROM lending_calendarversion), 0),
    policy.*
FROM {rows}
LEFT JOIN (
    SELECT {rules} FROM lending_loanpolicy WHERE valid_from <= %s ORDER BY valid_from DESC LIMIT 1
) AS policy ON true
WHERE {key} IN ({keys})
"""
OF_PATRONS = {"key": "user_id", "patron": "user_id", "which": "", "rows": "lending_patron"}
OF_REQUESTS = {
    "key": "loan.id", "patron": "loan.patron_id", "which": "AND other.id < loan.id", "rows": "lending_loan loan",
}  # fmt: skip


def eligibility_of(patrons: Collection[int], day: date) -> dict[int, Eligibility]:
    """The eligibility of patrons who have an account on a day, by patron; one statement."""
    return _eligibility(OF_PATRONS, patrons, day)


def eligibility_shown(patron_id: int, day: date) -> Eligibility:
    """A patron's eligibility to look at, without a lock; also before lending has heard of the registration."""
    known = eligibility_of([patron_id], day).get(patron_id)
    return known or Eligibility(owed=0, out=0, requested=0, policy=policy_on(day), calendar=calendar_in_force())


def eligibility_before(requested: Collection[int], day: date) -> dict[int, Eligibility]:
    """The eligibility of requested loans' patrons on a day, by loan: of their requests only earlier ones count."""
    return _eligibility(OF_REQUESTS, requested, day)


def _eligibility(parts: Mapping[str, str], keys: Collection[int], day: date) -> dict[int, Eligibility]:
    if not keys:
        return {}
    with connection_of("lending").cursor() as cursor:
        cursor.execute(_statement(**parts).format(keys=", ".join(["%s"] * len(keys))), [str(day), *keys])
        return {key: _read(row, day) for key, *row in cursor.fetchall()}


@cache
def _statement(**parts: str) -> str:
    return ELIGIBILITY.format(**parts, rules=", ".join(LoanPolicy.rule_names()), keys="{keys}")


def _read(row: Sequence[Any], day: date) -> Eligibility:
    owed, out, requested, token, *rules = row
    return Eligibility(
        owed=int(owed),
        out=out,
        requested=int(requested),
        policy=_policy(rules, day),
        calendar=calendar_of(token),
    )


def _policy(rules: Sequence[int], day: date) -> LoanPolicy:
    """The policy in force; before the first policy's day, that one."""
    if rules[0] is None:
        return policy_on(day)
    return LoanPolicy(**dict(zip(LoanPolicy.rule_names(), rules, strict=True)))
