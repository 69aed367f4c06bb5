"""What is asked about patrons, as SQL: every borrow needs it, and composing it by the ORM took longer than the database
took to answer."""

from collections.abc import Mapping
from functools import cache

from lending.loans_in_sql import IS_OUT

FACTS = """
{patron},
COALESCE((SELECT SUM(owed) FROM lending_debt WHERE patron_id = {patron} AND owed > 0), 0),
{out},
{requested},
(SELECT token FROM lending_rulesversion WHERE id = 1),
COALESCE((SELECT token FROM lending_calendarversion), 0),
account.suspended_since, account.suspended_until, account.blocked_until, {family}, {members}, {holds}
"""
"""The columns that `eligibility_of_row` reads."""
OUT = """
(SELECT {gather}
    FROM lending_loan other JOIN lending_loanline line ON other.id = line.loan_id
    LEFT JOIN lending_terms terms ON terms.id = other.terms_id
    WHERE other.patron_id = {patron} AND {open} AND {is_active} AND {is_out})
"""
OUT_UNTIL = """
(SELECT {gather_due}
    FROM lending_loan other JOIN lending_loanline line ON other.id = line.loan_id
    WHERE other.patron_id = {patron} AND {open} AND {is_active} AND {is_out})
"""
"""The same as if all were of no type and without items: PostgreSQL plans each table for a tenth of a millisecond."""
DUE = "CASE WHEN line.claimed_on IS NULL THEN other.due_on ELSE '9999-12-31' END"
"""What is claimed to be returned is never overdue."""
COPY_OUT = f"{DUE} || COALESCE(terms.copy_type, '') || ':' || line.items"
GATHERED = {
    "gather": COPY_OUT,
    "gather_due": f"{DUE} || ':0'",
    "gather_holds": "hold.book_id",
    "gather_members": "member.user_id",
}
"""What comes in one value where it would be several rows: the copies out, each as its due date, its type and the number
of its items (`2026-03-16dvd:1`), the books waited for, and the members of the family."""
GATHER = {
    "postgresql": {name: f"string_agg(({what})::text, ',')" for name, what in GATHERED.items()},
    "sqlite": {name: f"group_concat({what})" for name, what in GATHERED.items()},
}
REQUESTED = """
COALESCE((SELECT SUM(quantity) FROM lending_loan other
    WHERE other.patron_id = {patron} AND {open} AND other.status = 'requested' {which}), 0)
"""
IS_ACTIVE = "COALESCE(other.status, '') = 'active'"
"""Said so for the same reason as `IS_OUT`: there is an index of all active loans by their due dates."""
OPEN = "other.status IN ('requested', 'active')"
"""SQLite takes the partial index of open loans only where its words are used, and would look through all that a patron
ever borrowed."""
HOLDS = "(SELECT {gather_holds} FROM lending_hold hold WHERE hold.patron_id = {patron} AND hold.ended_at IS NULL)"
MEMBERS = """
CASE WHEN {family} IS NOT NULL
    THEN (SELECT {gather_members} FROM lending_patron member WHERE member.family_id = {family}) END
"""
"""Asked of who has a family: where few have one, SQLite looks through all accounts, also for nobody's."""
Parts = Mapping[str, str]
OF_PATRONS = {
    "patron": "account.user_id",
    "which": "",
    "open": OPEN,
    "out": OUT,
    "requested": REQUESTED,
    "family": "account.family_id",
    "members": MEMBERS,
    "holds": HOLDS,
}
OF_REQUESTS = {**OF_PATRONS, "patron": "loan.patron_id", "which": "AND other.id < loan.id"}
OF_WAITING = {
    **OF_PATRONS,
    "out": OUT_UNTIL,
    "requested": "0",
    "family": "NULL",
    "members": "NULL",
    "holds": "NULL",
}
"""Without what has no say in who waits: families, requested loans, types and items of what is out, and what else is
waited for."""


@cache
def _facts(vendor: str, **parts: str) -> str:
    own = {**parts, **GATHER[vendor], "is_out": IS_OUT, "is_active": IS_ACTIVE}
    return FACTS.format(**own).format(**own)  # the parts have places of their own


def facts_of(vendor: str, parts: Parts) -> str:
    """These columns of a patron's account, which the statement calls `account`."""
    return _facts(vendor, **parts)


def ids_of(value: str | int | None) -> frozenset[int]:
    """The ids that were gathered."""
    return frozenset(map(int, str(value).split(","))) if value else frozenset()
