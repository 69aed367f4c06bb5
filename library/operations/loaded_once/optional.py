"""Packages that others use where they find them: those of developers, and a database's that nobody has named."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

OF_DEVELOPERS = ("jinja2", "pygments", "psutil", "requests")
OF_POSTGRESQL = "psycopg"


@contextmanager
def passed_over() -> Iterator[None]:
    """In the block they are not found, so that whoever looks does without; who needs one later finds it."""
    hidden = {*OF_DEVELOPERS, *([] if _names_postgresql() else [OF_POSTGRESQL])} - sys.modules.keys()
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _names_postgresql() -> bool:
    """Whether one of the databases may be there: an address that stands in a file is not read for this."""
    named = {name: text for name, text in os.environ.items() if "DATABASE_URL" in name}
    return any(name.endswith("_FILE") or text.startswith("postgres") for name, text in named.items())
