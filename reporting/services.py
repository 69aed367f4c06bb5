"""What can be done to statistics: visits are noted, and what is counted from events can be counted anew."""

from datetime import date

from kernel.storage.databases import atomic_in
from reporting.models import (
    BookFact,
    BookMonth,
    CopyFact,
    DayCount,
    FineFact,
    HourCount,
    LoanFact,
    MonthCount,
    PatronFact,
    RenewalFact,
    ReturnFact,
    StaleDay,
    UncountedMonth,
    Visits,
    WaiverFact,
)

FACTS = (BookFact, CopyFact, LoanFact, ReturnFact, RenewalFact, PatronFact, FineFact, WaiverFact)
FACTS_AND_COUNTS = (*FACTS, DayCount, HourCount, MonthCount, BookMonth, StaleDay, UncountedMonth)
"""All that was built from events, and is built anew by `manage.py replay reporting --from-empty`. Visits were not."""


@atomic_in("reporting")
def note_visits(*, day: date, number: int) -> tuple[Visits, int | None]:
    """Notes how many people came in on a day, in place of what was noted of it before; that is given back too."""
    earlier = Visits.objects.select_for_update().filter(day=day).values_list("number", flat=True).first()
    visits, _is_new = Visits.objects.update_or_create(day=day, defaults={"number": number})
    return visits, earlier
