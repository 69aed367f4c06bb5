#!/usr/bin/env bash
# Django 5.2.19: in Korean, a date with its time reads `3:05 오후`; a time alone reads `오후 3:05`.
#
# Why it matters: Korean puts 오전 and 오후 before the hour. Django's Korean TIME_FORMAT does so, but its
# DATETIME_FORMAT uses the letter P, whose order no language can change. So each date with a time that the admin
# shows, and each {{ moment }} in a template, is in English order with Korean words.
# Instead: a formats module of one's own (FORMAT_MODULE_PATH) with DATETIME_FORMAT = "Y년 n월 j일 A g:i".
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check django==5.2.19 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from datetime import datetime
from importlib.metadata import version

import django
from django.conf import settings

settings.configure(LANGUAGE_CODE="ko", USE_TZ=False)
django.setup()

from django.template import Context, Engine

print("Django", version("django"))


def shown(template):
    return Engine().from_string(template).render(Context({"moment": datetime(2026, 11, 28, 15, 5)}))


both, alone = shown("{{ moment }}"), shown("{{ moment|time }}")
print("Expected: 2026년 11월 28일 오후 3:05")
print("Seen: {{ moment }} ->", both)
print("Seen: {{ moment|time }} ->", alone)
as_described = (both, alone) == ("2026년 11월 28일 3:05 오후", "오후 3:05")
sys.exit(not as_described and "No longer as described.")
PYTHON
