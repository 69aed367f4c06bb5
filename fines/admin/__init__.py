"""The staff side of fines."""

from fines.admin import fines, schedules, tills

__all__ = ["fines", "schedules", "tills"]
