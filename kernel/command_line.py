"""What people type behind commands, and how many commands count. A slip is a usage error of one line, and never a
traceback."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import date

from kernel.values.dates import read_date

FIRST = date(1900, 1, 1)
MOST = 36_500
"""The days of a century, or so many of anything."""


def day(text: str) -> date:
    """A day, for `type=` of an argument."""
    try:
        read = read_date(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is not a day: write it as 2026-11-22.") from error
    if read < FIRST:
        raise ArgumentTypeError(f"{text} is before {FIRST}: what is looked for has no such day.")
    return read


def month(text: str) -> date:
    """A month by its first day, for `type=` of an argument."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is not a month: write it as 2026-11.") from error


def whole_number(*, least: int, most: int = MOST) -> Callable[[str], int]:
    """A whole number between those, for `type=` of an argument."""

    def read(text: str) -> int:
        if text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most:
            return int(text)
        raise ArgumentTypeError(f"{text} is not a whole number from {least} to {most}.")

    return read


def counted(number: int, one: str, several: str) -> str:
    """So many of something, as commands say it, in English."""
    return f"{number} {one if number == 1 else several}"
