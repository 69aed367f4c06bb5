"""What holds, suspensions and blocks are on a day.

All three have a last day, and nothing happens to their rows when it is over: a sweep comes by some time later, or none
does. So nobody asks a row how it stands without a day. A last day is inclusive: what has `until` is over on the day
after. Each is said here, for a row in hand and, where many are looked for, for the database; a test holds the two to
each other. (`holds.first_waiting`, which is all SQL, says in it who waits.)
"""

from datetime import date

from django.db.models import Q

WAITING, SUSPENDED = "waiting", "suspended"
OPEN = Q(ended_at=None)


def waiting_on(day: date) -> Q:
    """The holds that wait on a day: suspended ones too whose last day lies before it, whenever the sweep comes. Whoever
    is barred waits too, and is passed over."""
    return OPEN & (Q(status=WAITING) | Q(status=SUSPENDED, suspended_until__lt=day))


def suspended_on(day: date) -> Q:
    """The holds that are suspended on a day, to their last one or until they are resumed."""
    return Q(status=SUSPENDED) & (Q(suspended_until=None) | Q(suspended_until__gte=day))


def hold_status_on(status: str, suspended_until: date | None, day: date) -> str:
    """The status of a hold on a day, as `waiting_on` and `suspended_on` find it."""
    is_over = suspended_until is not None and suspended_until < day
    return WAITING if status == SUSPENDED and is_over else status


def blocks_on(day: date) -> Q:
    """The blocks and suspensions of patrons that were not lifted, and whose last day is not over on a day. A suspension
    among them may only begin on the next day: it is made and lifted as one that runs."""
    return Q(lifted_at=None) & (Q(until=None) | Q(until__gte=day))


def is_block_on(*, is_lifted: bool, until: date | None, day: date) -> bool:
    """Whether one block or suspension is such a one."""
    return not is_lifted and (until is None or until >= day)


def bars_on(since: date | None, until: date | None, day: date) -> bool:
    """Whether a patron's account is barred on a day to which a bar runs from `since`, or from ever: by a suspension, or
    by blocks of which `until` is the last day of all. Without `until` nothing bars."""
    return until is not None and (since is None or since <= day) and day <= until
