"""The font of all that is printed as PDF, which is embedded, and texts in the letters that it has."""

import unicodedata
from collections.abc import Container
from typing import TYPE_CHECKING, Any

from pylopdf_fonts_ko import sans_path

if TYPE_CHECKING:
    from fpdf import FPDF

FONT = "Noto Sans KR"
NOT_THERE = "□"
INVISIBLE = {"Cf", "Cc", "Mn", "Me"}


def add_font(pdf: "FPDF") -> None:
    """Lets the PDF use the font."""
    pdf.add_font(FONT, fname=sans_path())


def letters_in(pdf: "FPDF") -> Container[int]:
    """The letters that the font has, of a PDF that uses it."""
    font: Any = pdf.fonts[FONT.lower()]
    letters: Container[int] = font.cmap
    return letters


def drawable(text: str, letters: Container[int]) -> str:
    """The text with whole syllables of Hangul, and without what the font would leave blank: a letter with an accent
    that it has not is written without, any other is a box, which shows that something is missing."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(one if one == "\n" or ord(one) in letters else _instead_of(one, letters) for one in composed)


def _instead_of(letter: str, letters: Container[int]) -> str:
    if letter.isspace():
        return " "
    if unicodedata.category(letter) in INVISIBLE:
        return ""
    plain = "".join(one for one in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(one))
    return plain if len(plain) == 1 and ord(plain) in letters else NOT_THERE
