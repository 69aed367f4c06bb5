#!/usr/bin/env bash
# XlsxWriter 3.3.1: of a column of web addresses the cells behind the 65,530th stay empty.
#
# Why it matters: a list of a library's electronic books has an address in each row. write() makes a link of a text that
# looks like one, Excel allows so many links on a sheet, and what is over is not written as text either: the row has its
# title and no address. The file is closed without an error; a warning goes to stderr.
# Instead: Workbook(..., {"strings_to_urls": False}), or write_string().
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check XlsxWriter==3.3.1 openpyxl==3.1.5 || exit 2

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import sys
from importlib.metadata import version

import openpyxl
import xlsxwriter

ROWS, ALLOWED = 65_540, 65_530
print("XlsxWriter", version("XlsxWriter"))


def addresses_read_back(options):
    with xlsxwriter.Workbook("list.xlsx", options) as book:
        sheet = book.add_worksheet()
        for number in range(ROWS):
            sheet.write(number, 0, f"Title {number}")
            sheet.write(number, 1, f"https://library.example/{number}")
    rows = openpyxl.load_workbook("list.xlsx", read_only=True).active.iter_rows(values_only=True)
    return sum(bool(row[1:] and row[1]) for row in rows)


as_it_is, as_text = addresses_read_back({}), addresses_read_back({"strings_to_urls": False})
print(f"Expected: {ROWS} addresses, behind the limit as text, or an exception.")
print(f"Seen: {as_it_is} of {ROWS} are in the file; with strings_to_urls off {as_text}")
as_described = as_it_is == ALLOWED and as_text == ROWS
sys.exit(not as_described and "No longer as described.")
PYTHON
