"""The tables of the fines."""

from fines.models.entries import Entry, Settlement
from fines.models.fines import Account, Fine
from fines.models.schedules import BEGINNING, FeeSchedule
from fines.models.suspensions import KnownSuspension
from fines.models.tills import Count, Till

__all__ = [
    "BEGINNING",
    "Account",
    "Count",
    "Entry",
    "FeeSchedule",
    "Fine",
    "KnownSuspension",
    "Settlement",
    "Till",
]
