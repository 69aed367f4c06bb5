"""Lengths of messages as telephone networks count them: in bytes of CP949, where Hangul has two."""

import unicodedata

CHARSET = "cp949"
MOST_OF_A_TITLE = 30
INSTEAD = {"₩": "\uffe6", "–": "-", "—": "-"}
"""What CP949 lacks, and has under another number or likeness."""


def as_sent(text: str) -> str:
    """The text in the characters that they know: an accent goes, another foreign character becomes a question
    mark."""
    return "".join(_known(character) for character in unicodedata.normalize("NFC", text))


def length(text: str) -> int:
    """How many bytes it has."""
    return len(text.encode(CHARSET, "replace"))


def cut(text: str, most: int) -> str:
    """The text cut at a character, so that it has at most so many bytes; what was cut ends with two dots."""
    text = as_sent(text)
    if length(text) <= most:
        return text
    kept = ""
    for character in text:
        if length(kept + character) > most - 2:
            break
        kept += character
    return f"{kept.rstrip()}.."


def _known(character: str) -> str:
    try:
        character.encode(CHARSET)
    except UnicodeEncodeError:
        plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
        return plain or INSTEAD.get(character, "?")
    return character
