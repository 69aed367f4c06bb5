#!/usr/bin/env bash
# holidays 0.109: from 2101 on Korea has no holidays at all, and asking is no error.
#
# Why it matters: the tables of the lunar calendar end in 2100. With them go the days that do not depend on the moon,
# 1 January among them. "No holiday" and "not known" look the same, so a due date far off is set on a holiday.
# Instead: compare the year with end_year, and refuse to calculate behind it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check holidays==0.109 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import holidays

print("holidays", version("holidays"))

days = {year: len(holidays.country_holidays("KR", years=year)) for year in (2100, 2101)}
new_year = "2101-01-01" in holidays.country_holidays("KR")
print("Expected: an exception for 2101, or the days that have a fixed date.")
print(f"Seen: {days[2100]} holidays in 2100, {days[2101]} in 2101; 2101-01-01 is a holiday: {new_year}")
print("end_year:", holidays.KR.end_year)
as_described = days[2100] > 0 and days[2101] == 0 and not new_year and holidays.KR.end_year == 2100
sys.exit(not as_described and "No longer as described.")
PYTHON
