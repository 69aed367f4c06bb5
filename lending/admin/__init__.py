"""The staff side of lending."""

from lending.admin import known, loans, policies

__all__ = ["known", "loans", "policies"]
