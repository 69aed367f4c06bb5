"""`python -m benchmarks.plain.filling BOOKS COPIES PATRONS`: makes the tables, fills them and prints the tokens."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.plain.settings"
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

from benchmarks.made import know_the_sizes, make  # noqa: E402

if __name__ == "__main__":
    books, copies, patrons = map(int, sys.argv[1:])
    for app in ("auth", "authtoken"):
        call_command("migrate", app, verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the tables of apps without migrations, such as ours
    make("plain_book", "id, title", "n, 'Book ' || n", last=books)
    columns = "id, book_id, barcode, on_loan"
    make("plain_copy", columns, "n, 1 + n %% %(books)s, 'B' || n, false", last=books * copies, books=books)
    people = User.objects.bulk_create([User(username=f"P-{n}", password="!") for n in range(patrons)])
    tokens = Token.objects.bulk_create([Token(user=user, key=Token.generate_key()) for user in people])
    know_the_sizes()
    print("\n".join(token.key for token in tokens))
