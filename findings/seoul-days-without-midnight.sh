#!/usr/bin/env bash
# Time zone data 2026.6 and Django 5.2.19: thirteen days have no midnight in Seoul, and a form refuses them.
#
# Why it matters: Korea moved its clocks forward at midnight on 13 days between 1908 and 1961. A birthday kept as
# "midnight of that day" can't be entered: Django's DateTimeField says that the moment may not exist. Patrons who were
# born on 10 August 1961 are alive.
# Instead: keep days as dates (DateField), never as a midnight; where a moment is needed, take noon.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check django==5.2.19 tzdata==2026.6 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
import zoneinfo
from datetime import date, datetime, time, timedelta, timezone
from importlib.metadata import version

zoneinfo.reset_tzpath(to=())  # the package's data, not the machine's

import django
from django.conf import settings

settings.configure(TIME_ZONE="Asia/Seoul", USE_TZ=True)
django.setup()

from django import forms

print("Django", version("django"), "and tzdata", version("tzdata"))
SEOUL = zoneinfo.ZoneInfo("Asia/Seoul")


def has_midnight(day):
    midnight = datetime.combine(day, time(), SEOUL)
    there_and_back = midnight.astimezone(timezone.utc).astimezone(SEOUL)
    return there_and_back.replace(tzinfo=None) == midnight.replace(tzinfo=None)


def taken(field, text):
    try:
        return bool(field.clean(text))
    except forms.ValidationError as error:
        return error.messages[0]


days = [date(1900, 1, 1) + timedelta(days=number) for number in range(50_000)]
without = [day.isoformat() for day in days if not has_midnight(day)]
as_moment, as_day = taken(forms.DateTimeField(), "1961-08-10"), taken(forms.DateField(), "1961-08-10")
print("Expected: each day has a midnight, and DateTimeField takes each day.")
print(f"Seen: {len(without)} days have none, the last one {without[-1]}")
print("Seen: DateTimeField:", as_moment)
print("DateField takes it:", as_day)
as_described = (
    (len(without), without[-1], as_day) == (13, "1961-08-10", True) and "may not exist" in str(as_moment)
)
sys.exit(not as_described and "No longer as described.")
PYTHON
