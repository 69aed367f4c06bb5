#!/usr/bin/env bash
# pymarc 5.4.0: a record with a field of more than 9,999 bytes is written without a word and can't be read back.
#
# Why it matters: the directory of a MARC record (ISO 2709) has four digits for the length of a field. Hangul takes
# three bytes a syllable, so a table of contents of 3,400 syllables is too long. pymarc writes five digits, which
# shifts the rest of the directory: an export succeeds, and nobody can read it, pymarc included.
# Instead: before writing, look at the length of each field in bytes, and of the record (99,999); or write MARCXML.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pymarc==5.4.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib.metadata import version

from pymarc import Field, Indicators, MARCReader, Record, Subfield

print("pymarc", version("pymarc"))


def written_and_read(syllables):
    record = Record(force_utf8=True)
    record.add_field(Field("505", Indicators("0", " "), [Subfield("a", "가" * syllables)]))
    record.add_field(Field("650", Indicators(" ", "0"), [Subfield("a", "subject")]))
    return [read and read["505"]["a"] == "가" * syllables for read in MARCReader(io.BytesIO(record.as_marc()))]


short, long = written_and_read(3_000), written_and_read(3_400)
print("A field of 3,000 syllables (9,000 bytes) is read back:", short)
print("Expected of 3,400 (10,200 bytes): an exception from as_marc().")
print("Seen: as_marc() returns, and reading gives", long)
as_described = (short, long) == ([True], [None])
sys.exit(not as_described and "No longer as described.")
PYTHON
