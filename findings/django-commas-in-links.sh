#!/usr/bin/env bash
# Django 5.2.19: USE_THOUSAND_SEPARATOR puts a comma into numbers that are no amounts: /books/1,234/.
#
# Why it matters: the setting is for fines and counts, but it holds for each whole number in each template: keys in
# links, years, and data attributes. While a catalogue has less than 1,000 books all is well; then its links break.
# Instead: leave the setting off, and use the filter intcomma where a number is an amount.
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

settings.configure(LANGUAGE_CODE="ko", USE_THOUSAND_SEPARATOR=True)
django.setup()

from django.template import Context, Engine

print("Django", version("django"))


def shown(template, number):
    return Engine().from_string(template).render(Context({"number": number}))


small, large = shown("/books/{{ number }}/", 999), shown("/books/{{ number }}/", 1_234)
year = shown("published in {{ number }}", 2026)
print("Expected: /books/999/, /books/1234/, published in 2026")
print(f"Seen: {small}, {large}, {year}")
as_described = (small, large, year) == ("/books/999/", "/books/1,234/", "published in 2,026")
sys.exit(not as_described and "No longer as described.")
PYTHON
