#!/usr/bin/env bash
# python-stdnum 2.2: an ISMN, the number of printed music, passes as an ISBN.
#
# Why it matters: 979-0 belongs to printed music, and no book has it; the check digits are calculated alike. A score
# that is catalogued "by its ISBN" is then asked for at book services, which can't know it.
# Instead: ask stdnum.ismn first, and refuse 979-0 where a book is meant.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check python-stdnum==2.2 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from stdnum import isbn, ismn

print("python-stdnum", version("python-stdnum"))

music = "979-0-2600-0043-8"
seen = (ismn.is_valid(music), isbn.is_valid(music), isbn.isbn_type(music))
print(f"Expected: {music} is an ISMN and no ISBN.")
print(f"Seen: ismn.is_valid {seen[0]}, isbn.is_valid {seen[1]}, isbn.isbn_type {seen[2]}")
as_described = seen == (True, True, "ISBN13")
sys.exit(not as_described and "No longer as described.")
PYTHON
