"""The card on the telephone is read by a scanner as the number that it bears."""

import re

import pytest
import zxingcpp

from kernel.labels.bars import bars_of
from tests.factories import Town
from tests.opac.visitor import Visitor
from tests.people import a_patron

HIGH, WIDE = 60, 3
"""Pixels of a picture: how high it is, and how wide each unit of the bars."""


def scanned(path: str, width: int) -> str:
    """What a scanner reads of an SVG's path."""
    row = bytearray(b"\xff" * width)
    for at, run in re.findall(r"M(\d+) 0h(\d+)v1h-\2z", path):
        row[int(at) : int(at) + int(run)] = b"\x00" * int(run)
    wide = bytes(pixel for pixel in row for _ in range(WIDE))
    picture = memoryview(wide * HIGH).cast("B", shape=[HIGH, width * WIDE])
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.format == zxingcpp.BarcodeFormat.Code128
    return str(found.text)


@pytest.mark.parametrize("number", ["P-0001", "EM0000001234", "20260000123456", "a", "0", "x" * 32, "Ab-09-" * 5])
def test_every_number_is_read_back(number: str) -> None:
    assert scanned(*bars_of(number)) == number


def test_the_page_has_the_bars_on_white_with_number_and_name(town: Town, haneul: Visitor) -> None:
    page = haneul.see("/me/card")
    svg = re.search(r'viewBox="0 0 (\d+) 1".*?fill="#fff"/><path d="([^"]+)" fill="#000"', page)
    assert svg
    assert scanned(svg[2], int(svg[1])) == "P-7001"
    assert '<p class="card-number">P-7001</p>' in page
    assert '<p class="card-name">김하늘</p>' in page


def test_each_sees_the_own_card(town: Town, haneul: Visitor) -> None:
    other = Visitor(a_patron("A-1", "Amy").user)
    assert "P-7001" not in other.see("/me/card")
