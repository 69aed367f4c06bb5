#!/usr/bin/env bash
# Django 5.2.19: a Korean date field refuses the usual `2026. 11. 28.` and takes the American `11/28/2026`.
#
# Why it matters: with stops is how Korean forms, browsers and spreadsheets write a date, and what librarians paste.
# That the field takes month/day/year is worse than a refusal: 03/04/2026 is 4 March, whatever was meant.
# Instead: give forms input_formats with "%Y. %m. %d." and without the American ones, or a widget of type date.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check django==5.2.19 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import django
from django.conf import settings

settings.configure(LANGUAGE_CODE="ko")
django.setup()

from django import forms

print("Django", version("django"))


def taken(text):
    try:
        return forms.DateField(localize=True).clean(text).isoformat()
    except forms.ValidationError:
        return "refused"


described = {
    "2026-11-28": "2026-11-28",
    "2026. 11. 28.": "refused",
    "2026.11.28": "refused",
    "11/28/2026": "2026-11-28",
    "03/04/2026": "2026-03-04",
}
seen = {text: taken(text) for text in described}
print("Expected: the dates with stops are taken, those with slashes are refused.")
for text, date in seen.items():
    print(f"Seen: {text} -> {date}")
as_described = seen == described
sys.exit(not as_described and "No longer as described.")
PYTHON
