"""The staff side of lending."""

from lending.admin import blocks, calendar, copies, families, holds, imports, known, loans, policies, records

__all__ = ["blocks", "calendar", "copies", "families", "holds", "imports", "known", "loans", "policies", "records"]
