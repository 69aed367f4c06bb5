"""What the rules of lending ask about patrons. Read after the patrons' accounts were locked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kernel.days.calendar import Calendar
from kernel.storage.databases import connection_of
from kernel.storage.lookups import AMONG, one_parameter
from lending.calendar.memory import calendar_in_force, calendar_of
from lending.in_force import bars_on
from lending.patrons_in_sql import OF_PATRONS, OF_REQUESTS, OF_WAITING, Parts, facts_of, ids_of
from lending.policies.borrowers import Borrower, borrowers
from lending.policies.families import FamilyShare, family_share
from lending.policies.table import Decision, PolicyTable, policies_now, table_of
from lending.policy_fields import BlockRules, LoanRules


@dataclass(frozen=True, kw_only=True)
class CopyOut:
    """A copy that a patron has: its type as it was lent, when it is due, and how many accompanying items went along."""

    copy_type: str
    due_on: date
    items: int = 0


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """Who a patron is, what the patron owes, has out and has requested, with policies and calendar, on a day; and the
    family, whose limit stands in place of the patron's own."""

    borrower: Borrower
    owed: int
    suspended_since: date | None = None
    suspended_until: date | None = None
    blocked_until: date | None = None
    out: tuple[CopyOut, ...]
    requested: int
    family: FamilyShare | None = None
    holds: frozenset[int] = frozenset()
    """The books that the patron waits for, or for whom they are ready."""
    policies: PolicyTable
    calendar: Calendar
    day: date

    def decision(self, copy_type: str, day: date | None = None) -> Decision:
        """The policy for this patron and copies of a type, today or on another day."""
        return self.policies.deciding(self.borrower.category, copy_type, day or self.day)

    @property
    def block(self) -> BlockRules:
        """What bars the patron from everything: it is chosen by the category alone."""
        return self.decision("").rules.block

    @property
    def taken(self) -> int:
        """How many copies count that are out or asked for: the patron's, or the family's."""
        return self.family.taken if self.family else sum(map(self._weight, self.out)) + self.requested

    def out_of_type(self, copy_type: str) -> int:
        """How many copies of a type count that are out."""
        return sum(self._weight(copy) for copy in self.out if copy.copy_type == copy_type)

    def _weight(self, copy: CopyOut) -> int:
        """What a copy counts: its items too, where the policy of the day counts each as a copy."""
        return 1 + (copy.items if copy.items and self.decision(copy.copy_type).rules.items.count else 0)

    def max_copies(self, rules: LoanRules) -> int | None:
        """How many may be, by these rules, or by those of the family's members."""
        return self.family.max_copies if self.family else rules.max_copies

    @property
    def suspended_to(self) -> date | None:
        """The last day of the suspension that bars on the day; None where none does, or one only begins tomorrow."""
        return self.suspended_until if bars_on(self.suspended_since, self.suspended_until, self.day) else None

    @property
    def blocked_to(self) -> date | None:
        """The last day of the blocks that bar on the day, `date.max` where one has none; None where none bars."""
        return self.blocked_until if bars_on(None, self.blocked_until, self.day) else None

    @property
    def overdue(self) -> list[CopyOut]:
        """The copies whose due date has passed."""
        return [copy for copy in self.out if copy.due_on < self.day]


OF_ACCOUNTS = ("account.user_id", "lending_patron account")
OF_LOANS = ("loan.id", "lending_loan loan LEFT JOIN lending_patron account ON account.user_id = loan.patron_id")
"""By what patrons are asked for, and from where."""


def eligibility_of(
    patrons: Collection[int], day: date, known: Mapping[int, Borrower] | None = None
) -> dict[int, Eligibility]:
    """The eligibility of patrons who have an account on a day, by patron; one statement, and another for the people
    who are not `known`."""
    return _eligibility(OF_ACCOUNTS, OF_PATRONS, patrons, day, known or {})


def eligibility_before(requested: Collection[int], day: date) -> dict[int, Eligibility]:
    """The eligibility of requested loans' patrons on a day, by loan: of their requests only earlier ones count."""
    return _eligibility(OF_LOANS, OF_REQUESTS, requested, day, {})


def eligibility_shown(patron_id: int, day: date, known: Mapping[int, Borrower] | None = None) -> Eligibility:
    """A patron's eligibility to look at, without a lock; also before lending has heard of the registration."""
    known = known or {}
    return eligibility_of([patron_id], day, known).get(patron_id) or Eligibility(
        borrower=known.get(patron_id) or borrowers([patron_id])[patron_id],
        owed=0,
        out=(),
        requested=0,
        policies=policies_now(),
        calendar=calendar_in_force(),
        day=day,
    )


def eligibility_of_waiting(patrons: Collection[int], day: date) -> dict[int, Eligibility]:
    """The same of patrons who wait for something, without what has no say in that."""
    return _eligibility(OF_ACCOUNTS, OF_WAITING, patrons, day, {})


def _eligibility(
    asked: tuple[str, str], parts: Parts, keys: Collection[int], day: date, known: Mapping[int, Borrower]
) -> dict[int, Eligibility]:
    if not keys:
        return {}
    (key, source), connection = asked, connection_of("lending")
    vendor = connection.vendor
    with connection.cursor() as cursor:
        statement = f"SELECT {key}, {facts_of(vendor, parts)} FROM {source} WHERE {key} {AMONG[vendor]}"  # noqa: S608
        cursor.execute(statement, [one_parameter(keys, vendor)])
        rows = cursor.fetchall()
    people = {**borrowers({row[1] for row in rows} - known.keys()), **known}
    by_loan = parts is OF_REQUESTS
    return {row[0]: eligibility_of_row(row[1:], people, day, before=row[0] if by_loan else None) for row in rows}


def eligibility_of_row(
    facts: Sequence[Any], known: Mapping[int, Borrower], day: date, before: int | None = None
) -> Eligibility:
    """The eligibility on a day of a patron of whom these facts were read, and who is among the `known`; of a family's
    requests only those earlier than the loan `before`, if one is named, count."""
    patron, owed, out, requested, version, calendar, *bars, family, members, holds = facts
    suspended_since, suspended_until, blocked_until = map(_day, bars)
    policies = table_of(version)
    copies = [(*copy[10:].rpartition(":"), copy[:10]) for copy in (out or "").split(",") if copy]
    return Eligibility(
        borrower=known[patron],
        owed=int(owed),
        suspended_since=suspended_since,
        suspended_until=suspended_until,
        blocked_until=blocked_until,
        out=tuple(
            CopyOut(due_on=date.fromisoformat(due_on), copy_type=copy_type, items=int(items))
            for copy_type, _, items, due_on in copies
        ),
        requested=int(requested),
        family=family_share(family, ids_of(members), policies, day, known, before=before) if family else None,
        holds=ids_of(holds),
        policies=policies,
        calendar=calendar_of(calendar),
        day=day,
    )


def _day(value: date | str | None) -> date | None:
    """A day as either database has it."""
    return date.fromisoformat(value) if isinstance(value, str) else value
