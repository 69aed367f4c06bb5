"""The order of the log."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.eventbus.models import Event
from kernel.eventbus.months.numbers import month_of
from kernel.eventbus.publishing.outbox import publish_many
from kernel.eventbus.stream import log
from kernel.eventbus.stream.behind import events_from
from kernel.eventbus.stream.closing import what_holds_up
from kernel.eventbus.stream.news import News
from tests.eventbus.kettle import KettleBoiled
from webhooks.models import Endpoint
from webhooks.queries import _next_wanted


@pytest.mark.django_db
def test_the_end_of_the_log_is_behind_every_event_however_many_had_no_position_yet(monkeypatch) -> None:
    monkeypatch.setattr(log, "BATCH", 2)
    before = log.end_of_log()
    with transaction.atomic():
        publish_many([KettleBoiled(occurred_at=timezone.now(), kettle=kettle, cups=1) for kettle in range(5)])

    assert log.end_of_log() == before + 5
    assert not Event.objects.filter(position=None).exists()


MANY = 300


def _look_for_news() -> None:
    news = News("default", lambda: {"KettleBoiled"})
    news.number()
    news.number()


def _find_the_next_to_send() -> None:
    assert _next_wanted(Endpoint(names=["KettleBoiled"], position=MANY))


LOOKS: dict[str, Callable[[], object]] = {
    "the search index": lambda: events_from(MANY, 5),
    "pages that are kept": _look_for_news,
    "whoever reads the log": lambda: log.events_after(MANY, 5),
    "webhooks that send nothing": _find_the_next_to_send,
    "months that are closed": lambda: list(what_holds_up(month_of(MANY), "default")),
}


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a fault of SQLite's planner")
@pytest.mark.parametrize("who", LOOKS)
@pytest.mark.django_db
def test_whatever_statistics_say_what_has_no_position_is_not_looked_for_in_the_whole_log(who: str) -> None:
    publish_many(KettleBoiled(occurred_at=timezone.now(), kettle=number, cups=1) for number in range(MANY))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        Event.objects.update(position=F("id") - Event.objects.earliest("id").pk + 1)
        publish_many([KettleBoiled(occurred_at=timezone.now(), kettle=MANY, cups=1)])
        with CaptureQueriesContext(connection) as asked:
            LOOKS[who]()
        steps = set()
        for sql in [query["sql"] for query in asked if "eventbus_event" in query["sql"]]:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            steps |= {row[3] for row in cursor.fetchall() if "eventbus_event" in row[3]}
    assert any("event_unnumbered" in step for step in steps)
    assert not [step for step in steps if not step.startswith("SEARCH") and "event_unnumbered" not in step]
