"""The tables of statistics."""

from reporting.models.counts import DayCount, StaleDay, What
from reporting.models.facts import BookFact, CopyFact, LoanFact, MoneyFact, PatronFact, RenewalFact, ReturnFact
from reporting.models.visits import Visits

__all__ = [
    "BookFact",
    "CopyFact",
    "DayCount",
    "LoanFact",
    "MoneyFact",
    "PatronFact",
    "RenewalFact",
    "ReturnFact",
    "StaleDay",
    "Visits",
    "What",
]
