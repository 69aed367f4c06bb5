#!/usr/bin/env bash
# pyexcel 0.7.6: call numbers of a CSV lose their last zero, and a barcode with an E becomes a float.
#
# Why it matters: 813.60 and 813.6 are two places on the shelf, and 12E3 is a label. CSV has no types, but each cell that
# looks like a number is made one, by default, and is written back as that. 0000123 stays text, so a list looks right at
# first.
# Instead: `auto_detect_int=False, auto_detect_float=False, auto_detect_datetime=False`.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pyexcel==0.7.6 pyexcel-io==0.6.8 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import pyexcel

print("pyexcel", version("pyexcel"))
listed = "813.60,12E3,0000123,1999.10\n"
as_is = {f"auto_detect_{kind}": False for kind in ("int", "float", "datetime")}

described = ([[813.6, 12000.0, "0000123", 1999.1]], [listed.strip().split(",")])
seen = (
    pyexcel.get_array(file_type="csv", file_content=listed),
    pyexcel.get_array(file_type="csv", file_content=listed, **as_is),
)
print("Expected:", described[1])
print("Seen:", seen[0], "and without guessing", seen[1])
sys.exit(seen != described and "No longer as described.")
PYTHON
