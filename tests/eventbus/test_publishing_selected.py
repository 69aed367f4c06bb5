"""Events that the database makes of rows are those that `publish_many` would have made."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import transaction

from kernel.eventbus.models import Delivery, Event
from kernel.eventbus.publishing.outbox import PublishedOutsideTransactionError
from kernel.eventbus.publishing.selected import SelectedRows, publish_selected
from kernel.eventbus.records import records_of
from kernel.eventbus.registry import connect, disconnect, event_of, name_of
from kernel.observability.tracing import Trace, tracing
from tests.eventbus.kettle import KettleBoiled, pour, spill

TABLE = {KettleBoiled: [pour, spill]}
NOW = datetime(2026, 11, 28, 3, 4, 5, 678, tzinfo=UTC)
ROWS = SelectedRows(
    rows="(SELECT 3 AS number UNION SELECT 1 UNION SELECT 2) kettle WHERE number <= %s",
    parameters=[2],
    order="kettle.number",
    values={"kettle": "kettle.number", "cups": "kettle.number * 10"},
)


@pytest.fixture(autouse=True)
def _listening() -> Iterator[None]:
    connect(TABLE)
    yield
    disconnect(TABLE)


@pytest.mark.django_db
def test_each_row_is_an_event_in_the_order_of_the_rows_with_its_cause_and_deliveries() -> None:
    trace = Trace(uuid4(), uuid4(), by=7, via="desk", reason="100 % cold")
    with tracing(trace), transaction.atomic():
        publish_selected(KettleBoiled, ROWS, occurred_at=NOW)

    events = Event.objects.filter(name="KettleBoiled").order_by("id")
    assert [event_of(record) for record in records_of(events)] == [
        KettleBoiled(occurred_at=NOW, kettle=number, cups=10 * number) for number in (1, 2)
    ]
    assert [(event.key, event.occurred_at, event.uuid.version) for event in events] == [
        ("kettle:1", NOW, 4),
        ("kettle:2", NOW, 4),
    ]
    for event in events:
        assert Trace(event.correlation_id, event.causation_id, event.by, event.via, event.reason) == trace
    owed = Delivery.objects.filter(event__in=events).order_by("id").values_list("key", "handler", "status")
    names = [name_of(pour), name_of(spill)]
    assert sorted(owed) == [(event.key, name, "waiting") for event in events for name in names]


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_said() -> None:
    with pytest.raises(PublishedOutsideTransactionError):
        publish_selected(KettleBoiled, ROWS, occurred_at=NOW)
    assert not Event.objects.filter(name="KettleBoiled").exists()
