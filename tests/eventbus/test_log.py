"""The order of the log."""

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.eventbus.models import Event
from kernel.eventbus.publishing.outbox import publish_many
from kernel.eventbus.stream import log
from kernel.eventbus.stream.behind import events_from
from tests.eventbus.kettle import KettleBoiled


@pytest.mark.django_db
def test_the_end_of_the_log_is_behind_every_event_however_many_had_no_position_yet(monkeypatch) -> None:
    monkeypatch.setattr(log, "BATCH", 2)
    before = log.end_of_log()
    with transaction.atomic():
        publish_many([KettleBoiled(occurred_at=timezone.now(), kettle=kettle, cups=1) for kettle in range(5)])

    assert log.end_of_log() == before + 5
    assert not Event.objects.filter(position=None).exists()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a fault of SQLite's planner")
@pytest.mark.django_db
def test_whatever_statistics_say_what_has_no_position_is_not_looked_for_in_the_whole_log() -> None:
    publish_many(KettleBoiled(occurred_at=timezone.now(), kettle=number, cups=1) for number in range(300))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        Event.objects.update(position=F("id"))
        with CaptureQueriesContext(connection) as asked:
            assert len(events_from(Event.objects.order_by("-position")[9].position, 5)) == 5
        cursor.execute(f"EXPLAIN QUERY PLAN {asked[-1]['sql']}")
        plan = [row[3] for row in cursor.fetchall()]
    assert [step for step in plan if "eventbus_event" in step] == [
        "SEARCH eventbus_event USING INDEX sqlite_autoindex_eventbus_event_2 (position>?)",
        "SEARCH eventbus_event USING INDEX event_unnumbered (id>?)",
    ]
