"""The tables of statistics."""

from reporting.models.books import BookMonth, UncountedMonth
from reporting.models.counts import DayCount, HourCount, MonthCount, StaleDay, What
from reporting.models.facts import (
    BookFact,
    CopyFact,
    FineFact,
    LoanFact,
    PatronFact,
    RenewalFact,
    ReturnFact,
    WaiverFact,
)
from reporting.models.visits import Visits

__all__ = [
    "BookFact",
    "BookMonth",
    "CopyFact",
    "DayCount",
    "FineFact",
    "HourCount",
    "LoanFact",
    "MonthCount",
    "PatronFact",
    "RenewalFact",
    "ReturnFact",
    "StaleDay",
    "UncountedMonth",
    "Visits",
    "WaiverFact",
    "What",
]
