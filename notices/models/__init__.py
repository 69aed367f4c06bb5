"""The tables of the notices."""

from notices.models.notices import Cause, Channel, Notice
from notices.models.read_model import ClaimedRow, FineRow, LoanRow, SuspensionRow
from notices.models.rules import Timing, Wording

__all__ = [
    "Cause",
    "Channel",
    "ClaimedRow",
    "FineRow",
    "LoanRow",
    "Notice",
    "SuspensionRow",
    "Timing",
    "Wording",
]
