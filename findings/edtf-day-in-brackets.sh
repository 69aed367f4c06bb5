#!/usr/bin/env bash
# edtf 5.0.2: the date [19--] of a catalogue card is read as the 19th day of a month.
#
# Why it matters: `text_to_edtf` is there to read dates as people write them, and this is how cataloguers write a century
# that is all they know (AACR2, and the Korean rules after it). A month of a year in Korean, 1985년 3월, becomes the third
# day of a month in the same way. Both are valid EDTF, so nothing behind it finds fault with them.
# Instead: read the brackets and dashes of catalogues yourself, and give the rest to the library.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check edtf==5.0.2 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from edtf import text_to_edtf

print("edtf", version("edtf"))
described = {"1990s": "199X", "[19--]": "XXXX-XX-19", "1985년 3월": "XXXX-XX-03"}
seen = {text: text_to_edtf(text) for text in described}
print("Expected: 199X, 19XX and 1985-03, or None for what it does not know")
print("Seen:", seen)
sys.exit(seen != described and "No longer as described.")
PYTHON
