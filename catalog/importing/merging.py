"""What a source's word changes in a book: never what somebody corrected here, unless that is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FOUND_ONLY = ("access_points", "other_isbns", "other_titles")
"""Lists of further forms: each source adds its own."""


@dataclass
class Merge:
    """The fields to set, with their new values, and the names of those that stay as somebody corrected them."""

    changes: dict[str, Any] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)


def merged(
    book: Mapping[str, Any], says: Mapping[str, Any], said: Mapping[str, Any] | None, *, overwrite: bool = False
) -> Merge:
    """What becomes of a book for which a source says `says`, and said `said` before (None: it never spoke of it).

    A source that repeats itself changes nothing. One that says something new is followed where the book still has what
    it said before. Where the book has nothing, any source fills it in. `overwrite` follows the source everywhere.
    """
    found = Merge()
    for name, value in says.items():
        ours = book[name]
        if ours == value or (said is not None and said.get(name) == value and not overwrite):
            continue
        if name in FOUND_ONLY and ours and not overwrite:
            found.changes |= {name: both} if (both := list(dict.fromkeys([*ours, *value]))) != ours else {}
        elif overwrite or not ours or (said is not None and said.get(name) == ours):
            found.changes[name] = value
        elif said is not None:
            found.kept.append(name)
    return found
