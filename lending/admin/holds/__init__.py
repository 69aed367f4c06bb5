"""Holds on the staff side."""

from lending.admin.holds import holds

__all__ = ["holds"]
