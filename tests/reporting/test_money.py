"""What was charged and waived, as the statistics have it."""

import io
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import load_workbook

from reporting.counting import count_stale_days
from reporting.models import DayCount
from tests.admin.door import a_librarian
from tests.factories import Town
from tests.reporting.recount import counted, recounted

pytestmark = pytest.mark.django_db
REPORT, TABLE = "/admin/statistics/", "/admin/statistics/table/"
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


def test_amounts_are_in_whole_units_of_the_currency(town: Town, settings: Any) -> None:
    settings.CURRENCY = "USD"
    town.fines(town.haneul)
    count_stale_days()
    door, period = a_librarian(), {"first": "2026-03-01", "last": "2026-03-31"}
    table = {**period, "what": "charged", "rows": "month", "columns": "year"}
    for address, query in ((REPORT, period), (TABLE, table)):
        page = str(door.get(address, query).content.decode())
        assert "<td>20.00</td>" in page
        assert "2,000" not in page
        text = door.get(address, {**query, "as": "csv"}).content.decode()
        assert "March 2026,20.00" in text

    content = door.get(TABLE, {**table, "as": "xlsx"}).content
    assert load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()[-2:] == [
        ["March 2026", 20],
        ["Sum", 20],
    ]
    with ZipFile(io.BytesIO(content)) as book:
        assert '"#,##0.00"' in book.read("xl/styles.xml").decode()


def test_won_have_no_decimals(town: Town) -> None:
    town.fines(town.haneul)
    count_stale_days()
    table = {"first": "2026-03-01", "last": "2026-03-31", "what": "charged", "rows": "month", "columns": "year"}
    door = a_librarian()
    assert "<td>2,000</td>" in door.get(TABLE, table).content.decode()
    with ZipFile(io.BytesIO(door.get(TABLE, {**table, "as": "xlsx"}).content)) as book:
        assert '"#,##0.00"' not in book.read("xl/styles.xml").decode()
