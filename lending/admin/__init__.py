"""The staff side of lending."""

from lending.admin import blocks, calendar, known, loans, policies, records

__all__ = ["blocks", "calendar", "known", "loans", "policies", "records"]
