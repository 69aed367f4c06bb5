"""What is asked about patrons, as SQL: every borrow needs it, and composing it by the ORM took longer than the database
took to answer."""

from collections.abc import Mapping
from functools import cache

FACTS = """
{patron},
COALESCE((SELECT SUM(owed) FROM lending_debt WHERE patron_id = {patron} AND owed > 0), 0),
(SELECT {gather}
    FROM lending_loan other JOIN lending_loanline line ON other.id = line.loan_id
    LEFT JOIN lending_terms terms ON terms.id = other.terms_id
    WHERE other.patron_id = {patron} AND other.status = 'active' AND line.ending = ''),
{requested},
(SELECT token FROM lending_rulesversion WHERE id = 1),
COALESCE((SELECT token FROM lending_calendarversion), 0),
account.suspended_until, account.blocked_until, {family}, {members}, {holds}
"""
"""The columns that `eligibility_of_row` reads."""
DUE = "CASE WHEN line.claimed_on IS NULL THEN other.due_on ELSE '9999-12-31' END"
"""What is claimed to be returned is never overdue."""
OUT = f"{DUE} || COALESCE(terms.copy_type, '') || ':' || line.items"
GATHER = {"postgresql": f"string_agg({OUT}, ',')", "sqlite": f"group_concat({OUT})"}
"""The copies out in one value, each as its due date, its type and the number of its items: `2026-03-16dvd:1`."""
GATHER_HOLDS = {"postgresql": "string_agg(hold.book_id::text, ',')", "sqlite": "group_concat(hold.book_id)"}
GATHER_MEMBERS = {"postgresql": "string_agg(member.user_id::text, ',')", "sqlite": "group_concat(member.user_id)"}
REQUESTED = """
COALESCE((SELECT SUM(quantity) FROM lending_loan other
    WHERE other.patron_id = {patron} AND other.status = 'requested' {which}), 0)
"""
HOLDS = "(SELECT {gather_holds} FROM lending_hold hold WHERE hold.patron_id = {patron} AND hold.ended_at IS NULL)"
MEMBERS = "(SELECT {gather_members} FROM lending_patron member WHERE member.family_id = account.family_id)"
Parts = Mapping[str, str]
OF_PATRONS = {
    "patron": "account.user_id",
    "which": "",
    "requested": REQUESTED,
    "family": "account.family_id",
    "members": MEMBERS,
    "holds": HOLDS,
}
OF_REQUESTS = {**OF_PATRONS, "patron": "loan.patron_id", "which": "AND other.id < loan.id"}
OF_WAITING = {**OF_PATRONS, "requested": "0", "family": "NULL", "members": "NULL", "holds": "NULL"}
"""Without what has no say in who waits: families, requested loans, and what else is waited for."""


@cache
def _facts(vendor: str, **parts: str) -> str:
    gathers = {"gather": GATHER, "gather_holds": GATHER_HOLDS, "gather_members": GATHER_MEMBERS}
    own = {**parts, **{name: by_vendor[vendor] for name, by_vendor in gathers.items()}}
    return FACTS.format(**own).format(**own)  # the parts have places of their own


def facts_of(vendor: str, parts: Parts) -> str:
    """These columns of a patron's account, which the statement calls `account`."""
    return _facts(vendor, **parts)
