"""Barcodes as paths of SVG."""

from itertools import groupby

from barcode import Code128

MARGIN = 10


def bars_of(number: str) -> tuple[str, int]:
    """The bars of a number in Code 128, one unit high, as the path of an SVG; and how many units wide it is.

    Around the bars there is the white margin of ten units that scanners need.
    """
    (modules,) = Code128(number).build()
    path, at = "", MARGIN
    for is_bar, run in groupby(modules):
        width = len(list(run))
        path += f"M{at} 0h{width}v1h-{width}z" if is_bar == "1" else ""
        at += width
    return path, at + MARGIN
