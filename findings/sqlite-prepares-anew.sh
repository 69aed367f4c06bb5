#!/usr/bin/env bash
# SQLite with Django 5.2: beside a partial index a statement is prepared anew each time that it is run.
#
# Why it matters: Django sends each value of a filter as a parameter, also the constant that a UniqueConstraint or an
# Index with a condition names. SQLite then has to see the value to know whether that index serves, and so parses and
# plans the statement again with every value that is bound: in a library an eighth of what bringing back a copy took, and
# the cache of statements in Python's driver saves nothing. Nothing warns, and the plan is the right one.
# Instead: have a lookup write such constants into the statement for SQLite.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check django==5.2.19 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sqlite3
import sys

import django
from django.conf import settings

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()

from django.db import connection, models
from django.db.models.expressions import RawSQL

print("Django", django.__version__, "SQLite", sqlite3.sqlite_version)


class Line(models.Model):
    copy = models.IntegerField()
    ending = models.CharField(max_length=9, default="")

    class Meta:
        app_label = "lending"
        constraints = [models.UniqueConstraint(fields=["copy"], condition=models.Q(ending=""), name="one_open")]


class PlainLine(models.Model):
    copy = models.IntegerField()
    ending = models.CharField(max_length=9, default="")

    class Meta:
        app_label = "lending"
        indexes = [models.Index(fields=["copy", "ending"], name="both")]


with connection.schema_editor() as editor:
    editor.create_model(Line)
    editor.create_model(PlainLine)
prepared = 0


def allow(action, *_what):
    """SQLite asks this as it prepares a statement, once for its SELECT."""
    global prepared
    prepared += action == sqlite3.SQLITE_SELECT
    return sqlite3.SQLITE_OK


connection.connection.set_authorizer(allow)


def times(rows):
    global prepared
    list(rows.filter(copy=0))
    prepared = 0
    for copy in range(1, 11):
        list(rows.filter(copy=copy))
    return prepared


seen = {
    "a partial index, the constant as a parameter": times(Line.objects.filter(ending="")),
    "a partial index, the constant in the statement": times(Line.objects.filter(ending=RawSQL("''", ()))),
    "an index of both columns, as a parameter": times(PlainLine.objects.filter(ending="")),
}
print("Expected: ten runs of one text, which the driver has kept, prepare it no more.")
for what, number in seen.items():
    print(f"Seen: {what}: prepared {number} times in ten runs")
sys.exit(list(seen.values()) != [10, 0, 0] and "No longer as described.")
PYTHON
