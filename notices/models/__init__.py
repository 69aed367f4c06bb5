"""The tables of the notices."""

from notices.models.notices import Cause, Channel, GatewayPause, Notice
from notices.models.read_model import FineRow, HoldRow, LoanRow, SuspensionRow
from notices.models.rules import Timing, Wording

__all__ = [
    "Cause",
    "Channel",
    "FineRow",
    "GatewayPause",
    "HoldRow",
    "LoanRow",
    "Notice",
    "SuspensionRow",
    "Timing",
    "Wording",
]
