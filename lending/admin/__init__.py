"""The staff side of lending."""

from lending.admin import calendar, known, loans, policies

__all__ = ["calendar", "known", "loans", "policies"]
