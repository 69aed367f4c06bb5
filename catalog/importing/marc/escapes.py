"""MARC-8's escape sequences, by which a text changes to another script."""

import re

ESCAPED = re.compile(rb"\x1b(?:\$?[(),\-]!?[0-9A-Za-z]|\$[0-9A-Za-z]|[bgps1])")


def has_escapes(raw: bytes) -> bool:
    """Whether it changes to another script somewhere."""
    return b"\x1b" in raw and ESCAPED.search(raw) is not None
