"""Finding what patrons are to hear of on a day."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from notices.finding.expiring import add_expiring, expiring_cards
from notices.finding.loans import add_causes, count_causes, reminders
from notices.kinds import Kind
from notices.queries import timing_on
from notices.rules import digest_moment


def find_causes(*, as_of: date, now: datetime, progress: Callable[[int], None]) -> Counter[Kind]:
    """Adds a cause for each loan that is due soon or overdue and each card that expires, once ever; how many were new.

    Each batch commits on its own, so that what is stopped and run again does the rest. `now` is in local time.
    """
    timing, found = timing_on(as_of), Counter[Kind]()
    due_at = digest_moment(now, timing.digest_at)
    for reminder in reminders(timing, as_of):
        found[reminder.kind] += add_causes(reminder, due_at, progress)
    for expiring in expiring_cards(timing, as_of):
        found[Kind.EXPIRING] += add_expiring(expiring, due_at)
    return found


def causes_to_find(as_of: date) -> Counter[Kind]:
    """How many causes `find_causes` would add."""
    timing, found = timing_on(as_of), Counter[Kind]()
    for reminder in reminders(timing, as_of):
        found[reminder.kind] += count_causes(reminder)
    for expiring in expiring_cards(timing, as_of):
        found[Kind.EXPIRING] += len(expiring)
    return found
