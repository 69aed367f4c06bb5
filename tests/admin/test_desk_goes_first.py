"""Whoever stands at the desk goes before a crowd; the rest of the staff side does not."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from kernel.storage.precedence import give_way, goes_first, going_first
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


def test_who_gives_way_waits_until_nobody_goes_first_and_not_for_ever() -> None:
    assert give_way(0)
    with ThreadPoolExecutor(1) as other, going_first(), going_first():
        assert not give_way(0.01)
        waits = other.submit(give_way, 60)
        assert not waits.done()
    assert waits.result()
    assert give_way(0)


def test_a_page_of_the_desk_is_waited_for_by_a_crowd(librarian: Door) -> None:
    free = []
    with connection.execute_wrapper(lambda execute, *statement: free.append(give_way(0)) or execute(*statement)):
        librarian.see("desk")
    assert False in free
    assert give_way(0)
