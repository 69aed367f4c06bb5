#!/usr/bin/env bash
# pymarc 5.4.0: where a volume stands before the number, Record.isbn is the digits of the volume.
#
# Why it matters: in records of sets, 020 $a is often `(v.1) 978...` or `v.2: 978...`. Record.isbn is then '1' or '2':
# a string, not None, so volumes of different sets meet under one "ISBN".
# Instead: take 020 $a as it is, look for ten or thirteen digits in it, and check the check digit.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pymarc==5.4.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from pymarc import Field, Indicators, Record, Subfield

print("pymarc", version("pymarc"))


def isbn(text):
    record = Record()
    record.add_field(Field("020", Indicators(" ", " "), [Subfield("a", text)]))
    return record.isbn


described = {
    "978-0-306-40615-7 (v.1)": "9780306406157",
    "(v.1) 978-0-306-40615-7": "1",
    "v.2: 9780306406157": "2",
}
seen = {text: isbn(text) for text in described}
print("Expected: 9780306406157 each time.")
for text, number in seen.items():
    print(f"Seen: {text} -> {number!r}")
as_described = seen == described
sys.exit(not as_described and "No longer as described.")
PYTHON
