#!/usr/bin/env bash
# python-escpos 3.1: Korean text is printed as question marks, and nothing is raised.
#
# Why it matters: receipts of a Korean library are in Korean. Receipt printers sold there take KS X 1001 behind the command
# FS &, but the library knows no such page of letters for any printer of its list; what it can't write it replaces.
# Instead: send the bytes yourself: FS &, the text in cp949, FS . for going back.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check python-escpos==3.1 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from escpos.capabilities import CAPABILITIES
from escpos.printer import Dummy

KOREAN = {"cp949", "euc_kr", "euc-kr", "johab"}
print("python-escpos", version("python-escpos"))
known = CAPABILITIES["encodings"]
printer = Dummy()
printer.text("김하늘 2026")

described = (b"??? 2026", set())
seen = (printer.output[-8:], {name for name, what in known.items() if what.get("python_encode") in KOREAN})
print("Expected: an error, or the name")
print("Seen:", seen[0], "and of Korean pages of letters:", seen[1] or "none")
sys.exit(seen != described and "No longer as described.")
PYTHON
