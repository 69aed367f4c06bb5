#!/usr/bin/env bash
# rispy 0.10.0: of two ISBNs of a reference the second one is left out.
#
# Why it matters: RIS is how catalogues give records to reference managers. A volume of a set has two SN lines, its own
# number and the set's. Only the first is read, nothing is raised, and it is gone when the list is written again. Repeated
# authors, keywords and notes are lists.
# Instead: read the SN lines yourself, or name SN among the tags that are lists.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check rispy==0.10.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import rispy

print("rispy", version("rispy"))
lines = ["TY  - BOOK", "TI  - 토지", "KW  - 소설", "KW  - 역사", "SN  - 9788937460449", "SN  - 9788937460005", "ER  - "]
(read,) = rispy.loads("\n".join(lines) + "\n")
written = rispy.dumps([read])

described = (["소설", "역사"], 1)
seen = (read["keywords"], written.count("SN  - "))
print("Expected: two keywords and two numbers")
print("Seen:", seen[0], "and", seen[1], "number:", read["issn"])
sys.exit(seen != described and "No longer as described.")
PYTHON
