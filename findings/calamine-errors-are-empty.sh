#!/usr/bin/env bash
# python-calamine 0.9.1: cells with an error, and formulas that were never worked out, are read as empty cells.
#
# Why it matters: librarians look prices and call numbers up in another sheet. Where the look-up failed (#N/A), or the
# workbook was written by a program and never opened, the column is read as if nobody had filled it in, without a word.
# Instead: show what was read before it is taken in, and never let an empty cell erase what is there.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check python-calamine==0.9.1 openpyxl==3.1.5 || exit 2

FOLDER="$folder" "$folder/venv/bin/python" - <<'PYTHON'
import os
import sys
from importlib.metadata import version

from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

print("python-calamine", version("python-calamine"))

file = os.path.join(os.environ["FOLDER"], "list.xlsx")
workbook = Workbook()
workbook.active.append(["title", "#N/A", '="813" & ".7"', "", "last"])
workbook.save(file)

[other] = load_workbook(file).active.iter_rows(values_only=True)
[seen] = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
print("The cells, read by openpyxl:", list(other))
print("Expected: the error and the formula can be told from the empty cell.")
print("Seen:", seen)
as_described = seen == ["title", "", "", "", "last"] and list(other)[1:3] == ["#N/A", '="813" & ".7"']
sys.exit(not as_described and "No longer as described.")
PYTHON
