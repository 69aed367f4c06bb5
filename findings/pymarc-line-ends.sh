#!/usr/bin/env bash
# pymarc 5.4.0: a line end behind a MARC record ends the reading there, and nothing is raised.
#
# Why it matters: many library systems write CR LF after each record, KOLAS III among them. Of a file with a whole
# catalogue one book is imported, and the import looks like a success.
# Instead: cut the file at the end-of-record mark (0x1D), strip line ends and blanks, and decode each piece by itself.
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


def record(title):
    made = Record(force_utf8=True)
    made.add_field(Field("245", Indicators("0", "0"), [Subfield("a", title)]))
    return made.as_marc()


def titles(between):
    file = io.BytesIO(b"".join(record(title) + between for title in ("one", "two", "three")))
    return [read and read.title for read in MARCReader(file)]


plain, lines = titles(b""), titles(b"\r\n")
print("Without line ends:", plain)
print("Expected with CR LF after each record: the same, or an exception.")
print("Seen: no exception, and", lines)
as_described = (plain, lines) == (["one", "two", "three"], ["one", None])
sys.exit(not as_described and "No longer as described.")
PYTHON
