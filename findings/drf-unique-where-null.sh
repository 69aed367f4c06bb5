#!/usr/bin/env bash
# Django REST framework 3.18.3: a unique constraint with a condition "field is NULL" is no longer checked before saving.
#
# Why it matters: "one book per ISBN among those not withdrawn" is such a constraint. In 3.17 a ModelSerializer refused
# the second book with a sentence; in 3.18 is_valid() is true, and the database refuses it later: an answer 500 instead
# of 400, after an update of a minor version.
# Instead: let the database have the last word, catch its IntegrityError, and make the refusal of that.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for release in 3.17.2 3.18.3; do
    python3 -m venv "$folder/$release"
    "$folder/$release/bin/pip" install -qq --disable-pip-version-check \
        django==5.2.19 "djangorestframework==$release" || exit 2
done

cat >"$folder/twice.py" <<'PYTHON'
from importlib.metadata import version

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["rest_framework"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.db import IntegrityError, connection, models
from rest_framework import serializers


class Book(models.Model):
    isbn = models.CharField(max_length=13)
    withdrawn_on = models.DateField(null=True)

    class Meta:
        app_label = "shelf"
        constraints = [
            models.UniqueConstraint(fields=["isbn"], condition=models.Q(withdrawn_on=None), name="one_per_isbn")
        ]


class BookForm(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["isbn", "withdrawn_on"]


with connection.schema_editor() as editor:
    editor.create_model(Book)
Book.objects.create(isbn="9780306406157")
second = BookForm(data={"isbn": "9780306406157", "withdrawn_on": None})
valid, saved = second.is_valid(), "not tried"
if valid:
    try:
        second.save()
        saved = "saved"
    except IntegrityError:
        saved = "IntegrityError"
print(f"is_valid() {valid}, save() {saved}")
PYTHON

before=$("$folder/3.17.2/bin/python" "$folder/twice.py")
now=$("$folder/3.18.3/bin/python" "$folder/twice.py")
echo "djangorestframework 3.18.3, compared with 3.17.2"
echo "Expected of a second book with the same ISBN, in both: is_valid() False, save() not tried"
echo "Seen with 3.17.2: $before"
echo "Seen with 3.18.3: $now"
if [ "$before" != "is_valid() False, save() not tried" ] || [ "$now" != "is_valid() True, save() IntegrityError" ]; then
    echo "No longer as described." >&2
    exit 1
fi
