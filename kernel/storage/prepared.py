"""Cursors for statements that are written once and asked again and again."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper


def prepared(connection: BaseDatabaseWrapper) -> CursorWrapper:
    """A cursor whose statements the database parses once for a connection, and not each time (docs/decisions/0049). One
    statement at a time, whose text is one of few and whose values are parameters; a value that nothing gives a type,
    such as one that is only selected, needs a cast."""
    cursor: CursorWrapper = getattr(connection, "prepared_cursor", connection.cursor)()
    return cursor
