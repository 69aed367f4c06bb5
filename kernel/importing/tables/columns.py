"""Which column of a table holds which field."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from kernel.importing.records import CannotImportError

Headings = Mapping[str, str]
"""For each field the headings that are taken for it, parted by blanks, the best one first, each as `plain` has it."""

BRACKETS = re.compile(r"[(\[].*?[)\]]")
NO_LETTERS = re.compile(r"[\W_]+")


def plain(heading: str) -> str:
    """A heading as headings are compared: small letters and digits only."""
    return NO_LETTERS.sub("", unicodedata.normalize("NFKC", heading).lower())


def columns_of(header: Sequence[str], headings: Headings, chosen: Mapping[str, str], required: str) -> dict[str, int]:
    """Which column holds which field: as `chosen` says (field to heading; empty: no column), else by known headings.

    Raises `CannotImportError` when a chosen or the required column is not there.
    """
    columns = {name: _chosen(column, header) for name, column in chosen.items() if column}
    known = _known(header, headings, set(columns.values()))
    columns |= {name: place for name, place in known.items() if name not in chosen}
    if required not in columns:
        raise CannotImportError(_no_column(required, header))
    return columns


def has_column(header: Sequence[str], headings: Headings, chosen: Mapping[str, str], required: str) -> bool:
    """Whether such a heading has the required column, chosen ones included."""
    if wanted := [column for column in chosen.values() if column]:
        return all(column in header for column in wanted)
    return required in _known(header, headings, set())


def _known(header: Sequence[str], headings: Headings, taken: set[int]) -> dict[str, int]:
    """The columns by their headings, the first of each heading; what is known by its whole heading comes first."""
    whole = [plain(name) for name in header]
    inner = [plain(BRACKETS.sub("", name)) for name in header]
    columns: dict[str, int] = {}
    for names in (whole, inner):
        for field, usual in headings.items():
            free = {name: place for place, name in reversed(list(enumerate(names))) if place not in taken}
            place = next((free[name] for name in usual.split() if name in free), None)
            if place is not None and field not in columns:
                columns[field] = place
                taken = taken | {place}
    return columns


def _chosen(column: str, header: Sequence[str]) -> int:
    if column not in header:
        raise CannotImportError(_no_column(column, header))
    return header.index(column)


def _no_column(name: str, header: Sequence[str]) -> str:
    return _("The file has no column %(name)s. It has: %(columns)s. Say which is which with --map FIELD=COLUMN.") % {
        "name": name,
        "columns": ", ".join(header),
    }
