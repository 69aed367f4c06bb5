"""What every reader does first: a text without the traces of the program that it comes from."""

import re
import unicodedata

from django.utils.translation import gettext as _

DASHES = re.compile("[\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
INVISIBLE = re.compile("[\x01-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
EXCEL_TEXT = re.compile(r'=\s*"(?P<text>(?:[^"]|"")*)"')


def text_of(value: object) -> str:
    """What was given as text: whole numbers of a spreadsheet without `.0`, `="..."` without its wrapping.

    Raises `ValueError` for truth values, NUL and what is no text at all.
    """
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError(_("A text can't have a NUL in it."))
        return unwrapped(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(_("This is neither a text nor a number."))
    return f"{value:.0f}" if value == value // 1 else str(value)


def unwrapped(text: str) -> str:
    """The text of `="..."`, which programs write so that a spreadsheet takes digits for text."""
    if text.startswith("=") and (wrapped := EXCEL_TEXT.fullmatch(text)):
        return wrapped["text"].replace('""', '"')
    return text


def narrow(text: str) -> str:
    """The text in forms of ordinary width (Unicode NFKC), with one kind of hyphen, without what can't be seen."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    # Dashes first: NFKC makes two of some.
    visible = INVISIBLE.sub(" ", DASHES.sub("-", text))
    return " ".join(unicodedata.normalize("NFKC", visible).split())
