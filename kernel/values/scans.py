"""Numbers on labels and cards, as scanners send them and people type them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from kernel.values.keyboards import in_latin
from kernel.values.texts import narrow, text_of

CODE_39 = re.compile(r"\*(?P<number>[^*]+)\*")
CODABAR = re.compile(r"[A-D](?P<number>\d{14})[A-D]", re.IGNORECASE)
REGISTRATION_NUMBER = 12
LONE_LETTER = re.compile("[\u3131-\u3163\u1100-\u11ff]")
REGISTERED = re.compile(r"[가-힣]\d{10}")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How numbers of older labels are written today: `code`, then the digits, with zeros between to `length` in all.

    A number is of the rule when it is `before` and then digits only: `digits` of them, or any number of them for None.
    So `Rule(digits=7, code="EM")` makes `EM0001234567` of `1234567`, `Rule(before="N", digits=6, code="NB")` makes
    `NB0000123456` of `N123456`, `Rule(before="EM", code="EM")` fills `EM101` up, and
    `Rule(before="1141001EM", code="EM")` takes off what the long form has in front: 1 and the library's six digits.
    """

    code: str
    before: str = ""
    digits: int | None = None
    length: int = REGISTRATION_NUMBER

    def applied(self, number: str) -> str | None:
        """The number as it is written today, or None when it is not of the rule."""
        rest = number[len(self.before) :]
        if not number.upper().startswith(self.before.upper()) or not (rest.isascii() and rest.isdecimal()):
            return None
        if self.digits not in (None, len(rest)):
            return None
        written = self.code + rest.zfill(self.length - len(self.code))
        return written if len(written) <= self.length else None


def scanned(value: object, rules: Iterable[Rule] = ()) -> str:
    """The number that was meant, in the case it was given in: by the first rule that it is of, if any.

    Blanks at the ends, control characters, the asterisks of Code 39, and the start and stop letters of a library's
    14 digits in Codabar are no part of a number. Single letters of Hangul stand for the keys they were typed with, and
    so does a syllable before ten digits; other syllables may be what stands on the label, so they stay, and are looked
    up as both (`anycase`). Raises `ValueError`.
    """
    text = text_of(value)
    number = narrow(text)
    # Composed, not made compatible: that would join single letters.
    if LONE_LETTER.search(unicodedata.normalize("NFC", text)) or REGISTERED.fullmatch(number):
        number = narrow(in_latin(text))
    for framed in (CODE_39, CODABAR):
        if found := framed.fullmatch(number):
            number = found["number"].strip()
    return next((written for rule in rules if (written := rule.applied(number))), number)


def is_same(number: str, other: str) -> bool:
    """Whether both are one number: without case, and as it was typed on either keyboard."""
    return other.upper() in {number.upper(), in_latin(number).upper()}
