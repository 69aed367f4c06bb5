"""A town whose patrons have addresses."""

from tests.factories import town
from tests.notices.post import Post, post

__all__ = ["Post", "post", "town"]
