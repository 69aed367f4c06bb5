"""The staff side of lending."""

from lending.admin import calendar, copies, known, loans, policies, records

__all__ = ["calendar", "copies", "known", "loans", "policies", "records"]
