"""The staff side of people."""

from accounts.admin import applications, people

__all__ = ["applications", "people"]
