"""A context's tables can't be read: its API asks to wait, in every call, and so do its pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, InternalError, OperationalError, ProgrammingError, connection
from django.urls import resolve

from accounts.models import User
from kernel.storage.databases import is_out_of_reach
from tests.api.answers import refused
from tests.api.library_in_use import LibraryInUse, a_library_in_use
from tests.api.test_who_may import TABLE, Row, put_in
from tests.people import Person

IDS = {"books": "books", "copies": "copies", "loans": "loans", "fines": "fines"}
COMPUTED = {"author-mark"}
"""What is answered without asking the context's database."""
QUERIES = {"calendar": "?from=2026-03-02&to=2026-03-08", "policies/deciding": ""}


@contextmanager
def down(context: str) -> Iterator[None]:
    """The context's tables have other names for a while."""
    models = apps.get_app_config(context).get_models()
    tables = dict.fromkeys(model._meta.db_table for model in models)  # proxies share one
    rename([(table, f"{table}_away") for table in tables])
    try:
        yield
    finally:
        rename([(f"{table}_away", table) for table in tables])


def rename(names: list[tuple[str, str]]) -> None:
    with connection.cursor() as cursor:
        for old, new in names:
            cursor.execute(f'ALTER TABLE "{old}" RENAME TO "{new}"')


def calls_of(context: str, library: LibraryInUse) -> Iterator[tuple[Row, str, Any]]:
    """Every call of the context's API, with an address and a body that mean something."""
    for row in TABLE:
        if row.route in COMPUTED:
            continue
        kind = row.route.partition("/")[0]
        ids = getattr(library, IDS[kind]) if kind in IDS else [library.patron.id]
        path = row.route.replace("<id:pk>", str(ids[0]))
        if resolve(f"/api/v1/{path}").func.__module__.startswith(f"{context}."):
            yield (
                row,
                path + QUERIES.get(row.route, ""),
                {name: put_in(library, value) for name, value in row.body.items()} if row.body else None,
            )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("context", ["catalog", "lending", "fines", "dashboard", "notices"])
def test_every_call_asks_to_wait(context: str, settings: Any) -> None:
    library = a_library_in_use()
    library.librarian.raise_request_exception = False
    calls = list(calls_of(context, library))
    assert calls
    settings.DEBUG = True  # where Django would answer with its own page
    with down(context):
        for row, path, body in calls:
            answer = getattr(library.librarian, row.method.lower())(path, body)
            refused(answer, 503, "please_wait")
            assert int(answer["Retry-After"]) > 0, row


@pytest.mark.django_db(transaction=True)
def test_the_staff_pages_ask_to_wait(settings: Any) -> None:
    User.objects.create_superuser("OP-1", name="Opal")
    page = Person()
    page.raise_request_exception = False
    page.force_login(User.objects.get(card_number="OP-1"), backend="accounts.passwords.backends.CurrentCards")
    settings.DEBUG = True
    with down("catalog"):
        answer = page.get("/admin/catalog/book/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


class Undefined(Exception):
    """A table that is not there, as PostgreSQL says it."""

    sqlstate = "42P01"


class Misspelt(Exception):
    """A statement that is none."""

    sqlstate = "42601"


@pytest.mark.parametrize(
    ("error", "cause", "is_so"),
    [
        (OperationalError("unable to open database file"), None, True),
        (DatabaseError("file is not a database"), None, True),
        (InternalError("invalid page in block 7"), None, True),
        (ProgrammingError("relation does not exist"), Undefined(), True),
        (ProgrammingError("syntax error"), Misspelt(), False),
        (ProgrammingError("cannot operate on a closed cursor"), None, False),
        (ZeroDivisionError(), None, False),
    ],
)
def test_what_means_that_a_database_can_not_be_read(error: Exception, cause: Exception | None, is_so: bool) -> None:
    error.__cause__ = cause
    assert is_out_of_reach(error) is is_so
