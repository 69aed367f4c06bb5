"""Fines, payments, waivers and the patron's page: what the door takes and answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from fines.models import Entry
from tests.api.answers import ONE_FINE, done, refused
from tests.bus import Bus
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def loan(book: int, haneul: Person, ada: Person) -> dict[str, Any]:
    """Two copies that were due a week ago; one of them came back today."""
    day = timezone.localdate() - timedelta(days=21)
    wanted = {"patron": haneul.id, "book": book, "quantity": 2, "borrowed_on": str(day)}
    made: dict[str, Any] = done(ada.post("loans", wanted), 201)
    done(haneul.post(f"loans/{made['id']}/return", {"quantity": 1}))
    Bus().settle()
    return made


@pytest.fixture
def fine(loan: dict[str, Any], haneul: Person) -> dict[str, Any]:
    """What that return cost."""
    (charged,) = done(haneul.get("fines"))["results"]
    found: dict[str, Any] = charged
    return found


def test_a_fine_tells_what_for(fine: dict[str, Any], loan: dict[str, Any], haneul: Person) -> None:
    assert fine.keys() == ONE_FINE
    expected = {
        "patron": haneul.id, "loan": loan["id"], "title": "무진기행", "amount": 500, "paid": 0,
        "currency": "KRW", "days_late": 7, "status": "outstanding",
    }  # fmt: skip
    assert fine | expected == fine
    assert "1-7 days" in fine["explanation"]
    assert done(haneul.get(f"fines/{fine['id']}")) == fine


def test_the_patrons_page(fine: dict[str, Any], loan: dict[str, Any], haneul: Person, ada: Person) -> None:
    page = done(haneul.get("dashboard"))

    as_of = page.pop("as_of")
    assert as_of
    assert page == {
        "patron": haneul.id,
        "copies_on_loan": 1,
        "copies_overdue": 1,
        "fines_outstanding": 500,
        "fines_accruing": 500,
        "credit": 0,
        "suspended_until": None,
        "suspension_accruing_days": 0,
        "currency": "KRW",
        "loans": [
            {"loan": loan["id"], "title": "무진기행", "outstanding": 1, "due_on": loan["due_on"], "days_late": 7}
        ],
        "fines": [fine],
        "holds": [],
    }
    for page_again in (done(haneul.get(f"dashboard/{haneul.id}")), done(ada.get(f"dashboard/{haneul.id}"))):
        assert page_again | {"as_of": None} == page | {"as_of": None}


def test_somebody_elses_page_and_fines_are_not_there(
    fine: dict[str, Any], haneul: Person, jiwoo: Person, ada: Person
) -> None:
    refused(jiwoo.get(f"dashboard/{haneul.id}"), 404, "not_found")
    refused(jiwoo.get(f"fines/{fine['id']}"), 404, "not_found")
    refused(ada.get("dashboard/999999"), 404, "not_found")
    refused(ada.get("fines/999999"), 404, "not_found")
    assert done(jiwoo.get("fines"))["results"] == []
    assert done(ada.get("fines"))["results"] == [fine]


def test_a_fine_is_paid_in_parts(fine: dict[str, Any], haneul: Person, ada: Person) -> None:
    payment = done(ada.post(f"fines/{fine['id']}/payments", {"amount": 200}), 201)

    assert payment.keys() == {"id", "fine", "amount", "currency", "paid_at", "owed"}
    assert (payment["fine"], payment["amount"], payment["currency"], payment["owed"]) == (fine["id"], 200, "KRW", 300)
    document = refused(ada.post(f"fines/{fine['id']}/payments", {"amount": 301}), 409, "overpayment")
    assert document["owed"] == 300
    assert done(ada.post(f"fines/{fine['id']}/payments", {"amount": 300}), 201)["owed"] == 0
    paid = done(haneul.get(f"fines/{fine['id']}"))
    assert (paid["paid"], paid["status"]) == (500, "paid")


def test_a_fine_is_waived_with_a_reason(fine: dict[str, Any], ada: Person) -> None:
    waived = done(ada.post(f"fines/{fine['id']}/waive", {"reason": "비가 많이 왔다"}))

    assert waived.keys() == ONE_FINE
    assert waived["status"] == "waived"
    refused(ada.post(f"fines/{fine['id']}/waive", {"reason": "again"}), 409, "nothing_owed")
    refused(ada.post(f"fines/{fine['id']}/payments", {"amount": 1}), 409, "overpayment")
    assert Entry.objects.get(kind="waiver").reason == "비가 많이 왔다"


@pytest.mark.parametrize("amount", [0, -5, "200", 200.0, True, None, 2**31, 2**63, 10**30])
def test_an_amount_is_a_whole_number_from_1(fine: dict[str, Any], ada: Person, amount: Any) -> None:
    answer = ada.post(f"fines/{fine['id']}/payments", {"amount": amount})

    refused(answer, 400, "invalid", "" if type(amount) is int and amount >= 2**63 else "amount")
    assert Entry.objects.count() == 1


def test_a_waiver_without_a_reason_is_none(fine: dict[str, Any], ada: Person) -> None:
    refused(ada.post(f"fines/{fine['id']}/waive", {}), 400, "invalid", "reason")
    refused(ada.post(f"fines/{fine['id']}/waive", {"reason": "  "}), 400, "invalid", "reason")


def test_a_fine_that_is_not_there(ada: Person) -> None:
    refused(ada.post("fines/999999/payments", {"amount": 1}), 404, "not_found")
    refused(ada.post("fines/999999/waive", {"reason": "nothing"}), 404, "not_found")


def test_lists_of_fines_are_narrowed(fine: dict[str, Any], haneul: Person, jiwoo: Person, ada: Person) -> None:
    for query, found in [
        ({"status": "outstanding"}, [fine]),
        ({"status": "paid"}, []),
        ({"patron": haneul.id}, [fine]),
        ({"patron": jiwoo.id}, []),
    ]:
        assert done(ada.get("fines", query))["results"] == found, query
    refused(ada.get("fines", {"status": "forgotten"}), 400, "invalid", "status")
