"""Cards and guardians' consents that end soon, as causes of notices."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from notices.kinds import Kind
from notices.models import Cause, Timing
from notices.people import expiring_on

BATCH = 1_000


class Ending(NamedTuple):
    """Whose card or consent has its last day when."""

    patron: int
    what: str
    day: date

    @property
    def about(self) -> str:
        """As `Cause.about`."""
        return f"{Kind.EXPIRING}:{self.what}:{self.patron}:{self.day}"


def expiring_cards(timing: Timing, today: date) -> Iterator[list[Ending]]:
    """Those that fall on the day, or fell on the day before and were missed, without what is known; in batches."""
    if timing.expiring_days is None or Kind.EXPIRING in timing.left_out:
        return
    last = today + timedelta(days=timing.expiring_days)
    days = [day for day in (last, last - timedelta(days=1)) if day >= today]
    every = [Ending(*ending) for ending in expiring_on(days)]
    for start in range(0, len(every), BATCH):
        batch = every[start : start + BATCH]
        known = set(Cause.objects.filter(about__in=[one.about for one in batch]).values_list("about", flat=True))
        yield [one for one in batch if one.about not in known]


def add_expiring(endings: Sequence[Ending], due_at: datetime) -> int:
    """Adds a cause for each; returns how many there are."""
    causes = [
        Cause(
            kind=Kind.EXPIRING,
            about=one.about,
            patron_id=one.patron,
            thing_id=one.patron,
            day=one.day,
            facts={"what": one.what},
            waits=True,
            due_at=due_at,
        )
        for one in endings
    ]
    Cause.objects.bulk_create(causes, ignore_conflicts=True)
    return len(causes)
