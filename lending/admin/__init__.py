"""The staff side of lending."""

from lending.admin import calendar, known, loans, policies, records

__all__ = ["calendar", "known", "loans", "policies", "records"]
