#!/usr/bin/env bash
# python-stdnum 2.2: isbn.to_isbn13() makes a valid ISBN-13 of an ISBN-10 that is wrong, and keeps hyphens.
#
# Why it matters: it drops the old check digit without looking at it and calculates a new one. A number with a typing
# error becomes a valid number, perhaps another book's, and no later check can find out.
# Instead: isbn.validate(number, convert=True), which cleans, checks and then converts.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check python-stdnum==2.2 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from stdnum import isbn
from stdnum.exceptions import ValidationError

print("python-stdnum", version("python-stdnum"))

wrong = "0306406151"  # the check digit of 030640615 is 2
converted = isbn.to_isbn13(wrong)
hyphens = isbn.to_isbn13("0-306-40615-2")
try:
    checked = isbn.validate(wrong, convert=True)
except ValidationError as error:
    checked = type(error).__name__
print(f"Expected of to_isbn13({wrong!r}): an exception, since its check digit is wrong.")
print(f"Seen: {converted!r}, of which is_valid() says {isbn.is_valid(converted)}")
print(f"Seen: to_isbn13('0-306-40615-2') -> {hyphens!r}")
print("With validate(..., convert=True):", checked)
as_described = (converted, hyphens, checked) == ("9780306406157", "978-0-306-40615-7", "InvalidChecksum")
sys.exit(not as_described and "No longer as described.")
PYTHON
