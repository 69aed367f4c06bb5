"""The staff side of people."""

from accounts.admin import applications, imports, people
from accounts.categories.admin import CategoryAdmin

__all__ = ["CategoryAdmin", "applications", "imports", "people"]
