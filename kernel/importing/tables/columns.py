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


class NoColumnError(CannotImportError):
    """No column of the file is taken for the field `name`. `columns` are pairs of each column's heading and the field
    that it is taken for, as a preview has them."""

    def __init__(self, name: str, header: Sequence[str], columns: Mapping[str, int]) -> None:
        taken = {place: field for field, place in columns.items()}
        self.name, self.columns = name, [(heading, taken.get(place, "")) for place, heading in enumerate(header)]
        sentence = _(
            "The file has no column %(name)s. It has: %(columns)s. Say which is which with --map FIELD=COLUMN."
        )
        super().__init__(sentence % {"name": name, "columns": ", ".join(header)})


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
        raise NoColumnError(required, header, columns)
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
        raise NoColumnError(column, header, {})
    return header.index(column)
