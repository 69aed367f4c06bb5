"""The ten main classes of the Korean Decimal Classification and of Dewey's, by which books stand."""

import time

from catalog.models import Book
from catalog.queries import usual_scheme
from kernel.values.groups import KDC
from opac.sentences import gettext as _

DDC = (KDC[0], KDC[1], KDC[2], KDC[3], KDC[7], KDC[4], KDC[5], KDC[6], KDC[8], KDC[9])
REMEMBERED = 600.0
"""Seconds for which a process remembers by which classification the library's books stand."""
_known: dict[str, tuple[float, str]] = {}


def class_name(digit: str) -> str:
    """A main class with its number: `800 Literature`."""
    names = DDC if usual_classification() == Book.Scheme.DDC else KDC
    return _("%(number)s %(name)s") % {"number": f"{digit}00", "name": names[int(digit)]}


def main_classes() -> list[tuple[str, str]]:
    """The ten numbers with their names."""
    return [(f"{digit}00", class_name(str(digit))) for digit in range(10)]


def forget_scheme() -> None:
    """Looks anew."""
    _known.clear()


def usual_classification() -> str:
    """By which the library's books stand."""
    until, scheme = _known.get("scheme", (0.0, ""))
    if time.monotonic() >= until:
        scheme = usual_scheme()
        _known["scheme"] = (time.monotonic() + REMEMBERED, scheme)
    return scheme
