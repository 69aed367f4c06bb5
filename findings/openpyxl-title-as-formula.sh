#!/usr/bin/env bash
# openpyxl 3.1.5: a text that begins with = is written as a formula, and its value is read back as nothing.
#
# Why it matters: a title or a note may begin so. The spreadsheet shows an error in that cell, and who reads the values
# (data_only=True) finds an empty cell: the title is lost on its way out and in.
# Instead: set cell.data_type = "s" after the value, for everything that comes from people.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check openpyxl==3.1.5 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib.metadata import version

from openpyxl import Workbook, load_workbook

print("openpyxl", version("openpyxl"))


def written_and_read(title, as_text=False):
    book, file = Workbook(), io.BytesIO()
    cell = book.active["A1"]
    cell.value = title
    if as_text:
        cell.data_type = "s"
    book.save(file)
    return load_workbook(file, data_only=True).active["A1"].value


plain, equals, as_text = written_and_read("plus"), written_and_read("=plus"), written_and_read("=plus", as_text=True)
print("Expected: a str is written as a text, so '=plus' is read back as '=plus'.")
print(f"Seen: 'plus' -> {plain!r}, '=plus' -> {equals!r}")
print(f"With data_type = 's': {as_text!r}")
as_described = (plain, equals, as_text) == ("plus", None, "=plus")
sys.exit(not as_described and "No longer as described.")
PYTHON
