"""Instances that are made of plain values are those that Django would make."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, models

from kernel.storage.instances import columns_of, first_instance, new_instance, relate
from lending.models import Book, Copy, Loan, LoanLine
from tests.people import a_patron

LOAN = {"patron_id": 7, "book_id": 3, "quantity": 2, "requested_via": "api"}


def parts_of(instance: models.Model) -> dict[str, Any]:
    """What it holds, and what is known of its row."""
    own = vars(instance) | {"_state": (instance._state.adding, instance._state.db)}
    return {name: value if value.__class__.__module__ == "builtins" else type(value) for name, value in own.items()}


@pytest.mark.parametrize(
    ("model", "values"), [(Loan, LOAN), (Book, {"id": 3, "title": "광장"}), (Copy, {}), (LoanLine, {})]
)
def test_a_new_one_is_as_django_makes_it(model: type[models.Model], values: dict[str, Any]) -> None:
    assert parts_of(new_instance(model, values)) == parts_of(model(**values))


def test_it_has_no_other_columns_than_its_table() -> None:
    with pytest.raises(TypeError, match="Book has not all of these columns: id, titel"):
        new_instance(Book, {"id": 3, "titel": "광장"})


def test_it_knows_what_it_is_related_to() -> None:
    loan, copy = new_instance(Loan, LOAN | {"id": 17}), new_instance(Copy, {"id": 5}, book=Book(id=3))
    line = new_instance(LoanLine, {}, loan=loan, copy=copy)

    assert (line.loan, line.copy, line.loan_id, line.copy_id, copy.book_id) == (loan, copy, 17, 5, 3)


def test_what_is_related_is_as_assigned() -> None:
    related, assigned = LoanLine(), LoanLine()
    copy = Copy(id=5)

    relate(related, "copy", copy)
    assigned.copy = copy

    assert (vars(related) | {"_state": 0}) == (vars(assigned) | {"_state": 0})
    assert related._state.fields_cache == assigned._state.fields_cache == {"copy": copy}


def test_two_share_nothing_that_changes() -> None:
    first, second = new_instance(Loan, LOAN), new_instance(Loan, LOAN)
    first.reasons.append("out_of_stock")
    first._state.adding, first._state.db = False, "default"

    assert second.reasons == []
    assert (second._state.adding, second._state.db) == (True, None)


@pytest.mark.django_db
def test_one_of_a_row_is_as_django_reads_it() -> None:
    person = a_patron(born_on="1984-02-29")
    model: Any = get_user_model()
    statement = f"SELECT {columns_of(model, 'person')} FROM accounts_user person WHERE person.id = %s"

    found = first_instance(model, statement, [person.id])

    assert found
    assert vars(found) | {"_state": 0} == vars(model.objects.get(pk=person.id)) | {"_state": 0}
    assert (found._state.db, found._state.adding) == (connection.alias, False)
