#!/usr/bin/env bash
# Django 5.2.19: where a statement that a schema editor keeps for its end fails, its transaction is left open.
#
# Why it matters: indexes and foreign keys of new tables are made there, so that is where a migration meets a table in
# use. Whoever catches the error and asks the database anything, as to take a setting back, meets another error, which
# hides the first. The same error inside of the block rolls it back.
# Instead: expect nothing of the connection behind such an error; close it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check django==5.2.19 || exit 2

FOLDER="$folder" "$folder/venv/bin/python" - <<'PYTHON'
import os
import sys

import django
from django.conf import settings
from django.db import Error, connection, models

path = os.path.join(os.environ["FOLDER"], "library.sqlite3")
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path}})
django.setup()
print("Django", django.__version__)


class Shelf(models.Model):
    name = models.CharField(max_length=20)

    class Meta:
        app_label = "town"
        indexes = [models.Index(fields=["name"], name="by_name")]


def left_open(at_its_end):
    """Whether the transaction is open behind a schema editor that failed, at its end or inside of its block."""
    try:
        with connection.schema_editor() as editor:
            editor.create_model(Shelf)
            if not at_its_end:
                editor.execute("CREATE INDEX by_name ON room (name)")
    except Error as error:
        print("  the error:", error)
    is_open = connection.in_atomic_block
    connection.close()
    connection.in_atomic_block = False
    return is_open


with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE room (name text)")
    cursor.execute("CREATE INDEX by_name ON room (name)")
print("Expected: closed both times")
seen = {at_its_end: left_open(at_its_end) for at_its_end in (False, True)}
print(f"Seen: inside of the block {'open' if seen[False] else 'closed'}, at its end {'open' if seen[True] else 'closed'}")
sys.exit(seen != {False: False, True: True} and "No longer as described.")
PYTHON
