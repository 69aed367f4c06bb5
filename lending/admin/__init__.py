"""The staff side of lending."""

from lending.admin import calendar, families, known, loans, policies, records

__all__ = ["calendar", "families", "known", "loans", "policies", "records"]
