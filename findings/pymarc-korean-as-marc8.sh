#!/usr/bin/env bash
# pymarc 5.4.0: Korean text in a record whose leader/09 is blank is read as MARC-8, into other letters, with no exception.
#
# Why it matters: the National Library of Korea's files are UTF-8 and leave leader/09 blank, which in MARC 21 means
# MARC-8; older Korean systems write CP949 with the same blank. Every title comes in as signs and loose accents, the
# import looks like a success, and what could not be read is told on stderr only, if at all.
# Instead: decide from the bytes of each record: strict UTF-8, then CP949 where bytes pair up as Hangul, then MARC-8.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pymarc==5.4.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib.metadata import version

from pymarc import MARCReader

print("pymarc", version("pymarc"))
TITLE = "도서관"


def read(encoding):
    content = b"  \x1fa" + TITLE.encode(encoding) + b"\x1e"
    directory = b"245%04d00000" % len(content)
    base = 24 + len(directory) + 1
    leader = b"%05dnam  22%05d k 4500" % (base + len(content) + 1, base)
    reader = MARCReader(io.BytesIO(leader + directory + b"\x1e" + content + b"\x1d"))
    record = next(reader)
    return record and record.title, reader.current_exception


utf8, cp949 = read("utf-8"), read("cp949")
print(f"Expected of {TITLE}: the same, or an exception.")
print("Seen in UTF-8:", utf8)
print("Seen in CP949:", cp949)
as_described = all(title and TITLE not in title and error is None for title, error in (utf8, cp949))
sys.exit(not as_described and "No longer as described.")
PYTHON
