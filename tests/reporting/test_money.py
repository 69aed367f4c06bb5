"""What was charged and waived, as the statistics have it."""

import pytest

from reporting.counting import count_stale_days
from reporting.models import DayCount
from tests.factories import Town
from tests.reporting.recount import counted, recounted

pytestmark = pytest.mark.django_db
REASON = {"reason": "a mistake"}


def sums() -> dict[str, int]:
    """Everything charged and waived."""
    count_stale_days()
    money = DayCount.objects.filter(what__in=["charged", "waived"])
    return dict(money.values_list("what", "number"))


def test_a_waiver_counts_beside_a_refund_of_the_rest(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    for act, body in (("payments", {"amount": 300}), ("waive", REASON), ("refunds", {"amount": 300, **REASON})):
        assert town.librarian.post(f"fines/{fine['id']}/{act}", body).status_code in {200, 201}
    town.bus.settle()
    assert sums() == {"charged": 1700, "waived": 1700}
    assert counted() == recounted()
