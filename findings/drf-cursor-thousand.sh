#!/usr/bin/env bash
# Django REST framework 3.18.3: cursor pages over a key that a thousand rows share never end.
#
# Why it matters: CursorPagination remembers the value of the first ordering field and how many rows of that value were
# passed, but at most 1,000. Behind these, the next page's address is the page itself. A catalogue sorted by the year of
# publication has such years: who follows `next` asks for one page for ever, and never sees the rest. A second
# ordering field ("id") does not help, since only the first one is in the cursor.
# Instead: a cursor that holds all keys of the row, the unique one too, and compares them together.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check django==5.2.19 djangorestframework==3.18.3 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["rest_framework"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    ALLOWED_HOSTS=["*"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.db import connection, models
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

print("djangorestframework", version("djangorestframework"))


class Book(models.Model):
    year = models.IntegerField()

    class Meta:
        app_label = "shelf"


class Pages(CursorPagination):
    page_size = 100
    ordering = ("year", "id")


with connection.schema_editor() as editor:
    editor.create_model(Book)
Book.objects.bulk_create([Book(year=2020) for _ in range(1_300)] + [Book(year=2021) for _ in range(100)])

address, before, read, turned = "/", None, set(), 0
while address and address != before and turned < 20:  # 14 pages are enough for 1,400 books
    pages, request = Pages(), Request(APIRequestFactory().get(address))
    read |= {book.pk for book in pages.paginate_queryset(Book.objects.all(), request)}
    address, before, turned = pages.get_next_link(), address, turned + 1

repeats = address == before
print("Expected of 1,400 books, 1,300 of them of one year: all are read in 14 pages, then `next` is empty.")
print(f"Seen: {len(read)} were read, and `next` is the page's own address: {repeats}")
as_described = (len(read), repeats) == (1_100, True)
sys.exit(not as_described and "No longer as described.")
PYTHON
