"""Telephone numbers."""

import re

from django.utils.translation import gettext as _

from kernel.values.texts import narrow, text_of

LONGEST_PHONE = 32
WRITTEN = re.compile(r"\+?[\d\s().-]+")
KOREA = re.compile(r"(?:\+|00)82\s*(?:\(0\))?")
SHAPES = (
    re.compile(r"(02)(\d{3,4})(\d{4})"),
    re.compile(r"(050\d)(\d{3,4})(\d{4})"),
    re.compile(r"(0[13-9]\d)(\d{3,4})(\d{4})"),
    re.compile(r"(1[568]\d\d)(\d{4})"),
)
"""Korean numbers (Ministry of Science and ICT, plan of telephone numbers): Seoul, lifelong numbers, area codes and
mobiles, and numbers of companies."""
WITHOUT_ZERO = re.compile(r"10\d{8}")
"""A mobile number from a spreadsheet that took it for a number."""
DIGITS = range(5, 16)


def read_phone(value: object) -> str:
    """The number as Korea writes it, `010-1234-5678`; one of another country as `+1 5551234567`, or as it was typed.

    `+82 10-1234-5678`, `01012345678`, `010.1234.5678` and a spreadsheet's `1012345678` are one number. Raises
    `ValueError` for what is no number, or more than one.
    """
    text = narrow(text_of(value)).removeprefix("tel:").strip()
    digits = re.sub(r"\D", "", text)
    if not WRITTEN.fullmatch(KOREA.sub("0", text, count=1)) or len(digits) not in DIGITS:
        raise ValueError(_("This is not a telephone number. Write it as 010-1234-5678, or with + and the country."))
    if abroad := KOREA.match(text):
        digits = "0" + re.sub(r"\D", "", text[abroad.end() :]).removeprefix("0")
    elif text.startswith(("+", "00")):
        return f"+{digits.removeprefix('00')}"
    elif WITHOUT_ZERO.fullmatch(text):
        digits = f"0{digits}"
    found = next((shape for form in SHAPES if (shape := form.fullmatch(digits))), None)
    return "-".join(found.groups()) if found else re.sub(r"[\s().-]+", "-", text).strip("-")
