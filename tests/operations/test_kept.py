"""On PostgreSQL scans at the desk have connections that keep their statements."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from kernel.storage.postgresql.kept_statements import BEFORE_IT_IS_KEPT
from library.operations.web.kept import KeptForDesk

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's driver keeps statements by itself"),
]
SCAN, OTHER = "/admin/desk/scan/", "/admin/desk/"


def kept(*_request: object) -> list[bytes]:
    """Whether the connection keeps this statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%prepared%'")
        return [str(cursor.fetchone()[0]).encode()]


def test_the_statements_of_scans_are_kept_and_those_of_other_pages_are_not() -> None:
    application = KeptForDesk(kept, 1)

    def answers() -> list[list[bytes]]:
        addresses = [*[SCAN] * (BEFORE_IT_IS_KEPT + 2), *[OTHER] * (BEFORE_IT_IS_KEPT + 2)]
        found = [list(application({"PATH_INFO": address}, print)) for address in addresses]
        with application._kept.in_use():
            connections.close_all()
        connections.close_all()
        return found

    with ThreadPoolExecutor(1) as thread:
        of_scans, of_others = [b"0"] * BEFORE_IT_IS_KEPT + [b"1"] * 2, [b"0"] * (BEFORE_IT_IS_KEPT + 2)
        assert [answer for (answer,) in thread.submit(answers).result()] == [*of_scans, *of_others]
