"""The staff side of fines."""

from fines.admin import fines, schedules

__all__ = ["fines", "schedules"]
