"""Barcodes: a number as bars and spaces, and as paths of SVG."""

from itertools import groupby
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kernel.refusals import Refused
from kernel.values.keyboards import in_latin

MARGIN = 10
"""The white units on each side that scanners need."""


class Symbology(TextChoices):
    """Both are read without a check character: Code 128's own is never sent, and Code 39 gets none."""

    CODE_128 = "code128", "Code 128"
    CODE_39 = "code39", "Code 39"


class NoBars(Refused):
    code = "no_bars"
    sentence = _("There are no bars for %(number)s: a barcode has letters without accents, digits and signs only.")


class Run(NamedTuple):
    """Units side by side that are all bar or all space."""

    is_bar: bool
    units: int


def runs_of(number: str, symbology: Symbology = Symbology.CODE_128) -> list[Run]:
    """The bars and spaces of a number, from the first bar to the last one.

    Hangul is written with the letters of its keys, as `anycase` finds it. Raises `NoBars`.
    """
    from barcode import Code39, Code128  # noqa: PLC0415  (large, and seldom needed: decision 36)
    from barcode.errors import BarcodeError  # noqa: PLC0415

    sent = in_latin(number)
    try:
        made = Code39(sent, add_checksum=False) if symbology == Symbology.CODE_39 else Code128(sent)
        (modules,) = made.build()
    except (BarcodeError, KeyError, UnicodeError) as error:
        raise NoBars(number=number) from error
    return [Run(is_bar == "1", len(list(run))) for is_bar, run in groupby(modules)]


def bars_of(number: str) -> tuple[str, int]:
    """The bars of a number in Code 128, one unit high, as the path of an SVG; and how many units wide it is, with the
    white margin."""
    path, at = "", MARGIN
    for run in runs_of(number):
        path += f"M{at} 0h{run.units}v1h-{run.units}z" if run.is_bar else ""
        at += run.units
    return path, at + MARGIN
