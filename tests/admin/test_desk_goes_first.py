"""Whoever stands at the desk goes before a crowd; the rest of the staff side does not."""

from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from kernel.storage.precedence import goes_first
from tests.admin.door import Door

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("page", "first"), [("desk", True), ("lending_loan_changelist", False)])
def test_what_a_page_asks_of_the_database_goes_first_at_the_desk(librarian: Door, page: str, *, first: bool) -> None:
    asked = []

    def note(execute: Any, *statement: Any) -> Any:
        asked.append(goes_first())
        return execute(*statement)

    with connection.execute_wrapper(note):
        librarian.see(page)
    assert asked
    assert (True in asked) == first


def test_a_scan_goes_first_and_nothing_that_comes_after_it(librarian: Door) -> None:
    asked = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(goes_first())
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        librarian.post(reverse("admin:desk_scan"), {"typed": "없는 것"})
    assert True in asked
    assert not goes_first()
