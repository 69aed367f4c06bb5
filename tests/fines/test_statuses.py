"""Fines are found by what became of them, and what is settled is known without asking its entries."""

from importlib import import_module

import pytest
from django.db.models import F

from fines.models import Entry, Fine
from fines.queries import SETTLED, fines
from kernel.storage.databases import connection_of
from tests.factories import Town


@pytest.fixture
def became(town: Town) -> dict[str, set[int]]:
    """Fines by what became of them; what is refunded pays the oldest that is owed."""
    part, reversed_one, paid, waived, refunded = (fine["id"] for fine in town.fines(town.haneul, times=5))
    reason = {"reason": "a mistake"}
    town.librarian.post(f"fines/{part}/payments", {"amount": 500})
    for fine in (reversed_one, paid, refunded):
        assert town.librarian.post(f"fines/{fine}/payments", {"amount": 2000}).status_code == 201
    town.librarian.post(f"fines/{waived}/waive", reason)
    town.librarian.post(f"fines/{part}/payments", {"amount": 100})
    payment = Entry.objects.get(kind="payment", fine=reversed_one)
    assert town.librarian.post(f"payments/{payment.pk}/reverse", reason).status_code == 201
    assert town.librarian.post(f"fines/{refunded}/refunds", {"amount": 2000, **reason}).status_code == 201
    found = {status: {fine.pk for fine in fines() if fine.status == status} for status in Fine.Status.values}
    assert all(found.values()), found
    return found


def listed(town: Town, status: str) -> set[int]:
    """The fines of that status that the API has."""
    return {fine["id"] for fine in town.librarian.get(f"fines?status={status}").json()["results"]}


def test_a_list_has_the_fines_of_a_status(town: Town, became: dict[str, set[int]]) -> None:
    assert {status: listed(town, status) for status in became} == became


def test_what_the_last_release_did_meanwhile_is_listed_as_it_is(town: Town, became: dict[str, set[int]]) -> None:
    Fine.objects.update(version=F("version") + 1)  # that is all it writes of a fine
    assert {status: listed(town, status) for status in became} == became


def test_what_is_settled_is_known(became: dict[str, set[int]]) -> None:
    owed = became.pop("outstanding")
    assert {*Fine.objects.filter(SETTLED).values_list("pk", flat=True)} == set().union(*became.values())
    assert {*Fine.objects.exclude(SETTLED).values_list("pk", flat=True)} == owed


def test_what_was_settled_before_this_release_is_marked_once(became: dict[str, set[int]]) -> None:
    owed = became.pop("outstanding")
    Fine.objects.update(settled_version=-1)
    with connection_of("fines").cursor() as cursor:
        cursor.execute(import_module("fines.migrations.0003_settled_fines").MARK)
    assert {*Fine.objects.exclude(SETTLED).values_list("pk", flat=True)} == owed


def test_what_was_waived_and_refunded_for_the_rest_is_waived(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    reason = {"reason": "a mistake"}
    for act, body in (("payments", {"amount": 300}), ("waive", reason), ("refunds", {"amount": 300, **reason})):
        assert town.librarian.post(f"fines/{fine['id']}/{act}", body).status_code in {200, 201}
    assert town.librarian.get(f"fines/{fine['id']}").json()["status"] == "waived"
    assert (listed(town, "waived"), listed(town, "cancelled")) == ({fine["id"]}, set())
