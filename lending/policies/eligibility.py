"""How patrons stand with the library, as the rules of lending ask. Read after their accounts were locked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kernel.storage.databases import connection_of
from lending.models import LoanPolicy
from lending.queries import policy_on


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a patron owes (KRW), how many copies the patron has out and has asked for, and the policy in force."""

    owed: int
    out: int
    asked: int
    policy: LoanPolicy


# Written out: every borrow needs it, and composing it by the ORM took longer than the database took to answer.
RULES = ("loan_days", "max_copies", "max_renewals", "blocked_from")
STANDINGS = """
SELECT {key},
    COALESCE((SELECT SUM(owed) FROM lending_debt WHERE patron_id = {patron} AND owed > 0), 0),
    (SELECT COUNT(*) FROM lending_loanline line JOIN lending_loan other ON other.id = line.loan_id
        WHERE other.patron_id = {patron} AND other.status = 'active' AND line.ending = ''),
    COALESCE((SELECT SUM(quantity) FROM lending_loan other
        WHERE other.patron_id = {patron} AND other.status = 'requested' {which}), 0),
    policy.*
FROM {rows}
LEFT JOIN (
    SELECT loan_days, max_copies, max_renewals, blocked_from FROM lending_loanpolicy WHERE valid_from <= %s
    ORDER BY valid_from DESC LIMIT 1
) AS policy ON true
WHERE {key} IN ({keys})
"""


def standings_of(patrons: Collection[int], day: date) -> dict[int, Standing]:
    """How patrons who have an account stand on a day, by patron; one statement."""
    return _standings({"key": "user_id", "patron": "user_id", "which": "", "rows": "lending_patron"}, patrons, day)


def standings_before(requested: Collection[int], day: date) -> dict[int, Standing]:
    """How the patrons of requested loans stand on a day, by loan: of what they asked for, only earlier loans count."""
    earlier = {"key": "loan.id", "patron": "loan.patron_id", "which": "AND other.id < loan.id"}
    return _standings({**earlier, "rows": "lending_loan loan"}, requested, day)


def _standings(parts: Mapping[str, str], keys: Collection[int], day: date) -> dict[int, Standing]:
    if not keys:
        return {}
    with connection_of("lending").cursor() as cursor:
        statement = STANDINGS.format(**parts, keys=", ".join(["%s"] * len(keys)))
        cursor.execute(statement, [str(day), *keys])
        return {
            key: Standing(owed=int(owed), out=out, asked=int(asked), policy=_policy(rules, day))
            for key, owed, out, asked, *rules in cursor.fetchall()
        }


def _policy(rules: Sequence[int], day: date) -> LoanPolicy:
    return LoanPolicy(**dict(zip(RULES, rules, strict=True))) if rules[0] is not None else policy_on(day)
