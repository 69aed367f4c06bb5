#!/usr/bin/env bash
# korean_lunar_calendar 0.4.0: a day that it can't convert leaves the day converted before in place.
#
# Why it matters: who fills a library's closed days year by year asks one object for 1 January (설날) and 15 August
# (추석) of each lunar year. Behind the end of its tables in 2050, and for a leap month that a year does not have, only
# the result of the setter says so; the converted day that is read next is that of the year before, and looks right.
# Instead: look at what the setter returns, and take a new object for each day.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check korean_lunar_calendar==0.4.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from korean_lunar_calendar import KoreanLunarCalendar

print("korean_lunar_calendar", version("korean_lunar_calendar"))

calendar, seen = KoreanLunarCalendar(), []
for year in (2049, 2050, 2051, 2052):
    taken = calendar.setLunarDate(year, 1, 1, False)
    seen.append((year, taken, calendar.SolarIsoFormat()))

print("Expected: an exception for a year without a table, or no day.")
for year, taken, day in seen:
    print(f"Seen: 설날 of {year}: {day}, setter returned {taken}")
as_described = seen[1][1] and seen[1][2].startswith("2050") and seen[2:] == [
    (2051, False, seen[1][2]),
    (2052, False, seen[1][2]),
]
sys.exit(not as_described and "No longer as described.")
PYTHON
