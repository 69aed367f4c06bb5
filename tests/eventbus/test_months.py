"""The log by months: ids tell the month, and on PostgreSQL each month is a partition."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from kernel.eventbus.migrations._smaller_indexes import LACKING, MAKE_INDEXES_SMALLER
from kernel.eventbus.models import Event
from kernel.eventbus.months import recent
from kernel.eventbus.months.numbers import FIRST, first_day_of, first_id_of, month_of, month_of_day
from kernel.eventbus.months.recent import ALL, recent_part
from kernel.eventbus.months.turning import begin_month
from kernel.eventbus.publishing.outbox import publish_many
from kernel.eventbus.stream.log import end_of_log, events_after
from tests.eventbus.kettle import KettleBoiled
from tests.processes import run, until

MARCH, APRIL = date(2031, 3, 9), date(2031, 4, 1)
WAITS_FOR_DELIVERIES = """
    SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'eventbus_delivery'::regclass)
"""
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no partitions")


def boil(*kettles: int) -> list[int]:
    """Publishes an event for each; the ids of these."""
    before = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with transaction.atomic():
        publish_many([KettleBoiled(occurred_at=timezone.now(), kettle=kettle, cups=1) for kettle in kettles])
    return list(Event.objects.filter(pk__gt=before).order_by("pk").values_list("pk", flat=True))


def month_to_come(number: int) -> date:
    """The first day of a month that the log has not come to yet."""
    (event,) = boil(0)
    return first_day_of(month_of(event) + 1 + number)


def test_a_month_is_a_range_of_ids() -> None:
    assert month_of_day(date(2026, 12, 1)) == FIRST
    assert month_of_day(date(2026, 11, 30)) == month_of_day(date(2020, 1, 1)) == month_of(17) == FIRST - 1
    assert first_day_of(month_of_day(MARCH)) == date(2031, 3, 1)
    assert first_day_of(FIRST - 1) == date(2026, 11, 1)
    assert month_of(first_id_of(month_of_day(APRIL))) == month_of_day(MARCH) + 1
    assert month_of(first_id_of(month_of_day(APRIL)) - 1) == month_of_day(MARCH)
    assert first_id_of(FIRST - 1) == 0


@pytest.mark.django_db(transaction=True)
def test_events_after_the_turn_are_of_the_new_month_and_readers_notice_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recent, "LOOK_AGAIN", -1)  # the part is looked for at each call, and taken from the second on
    first, second, later = (month_to_come(number) for number in (0, 1, 4))
    begin_month(first)
    end = end_of_log()
    ids = boil(1, 2)
    begin_month(second)
    ids += boil(3)
    begin_month(second)
    ids += boil(4)

    assert [month_of(one) - month_of_day(first) for one in ids] == [0, 0, 1, 1]
    assert ids[3] == ids[2] + 1 == first_id_of(month_of_day(second)) + 1
    assert [event.pk for event in events_after(end, 9)] == ids
    assert [event.position for event in events_after(end, 9)] == [end + 1, end + 2, end + 3, end + 4]
    begin_month(later)
    assert [event.pk for event in events_after(end, 9)] == ids
    assert (recent_part.get() == ALL) == (connection.vendor == "sqlite")
    assert [event.pk for event in events_after(end + 2, 9)] == ids[2:]
    assert end_of_log() == end + 4
    begin_month(first)  # a clock that was wrong does no harm
    assert month_of(boil(5)[0]) == month_of_day(later)
    recent_part.forget()


@pytest.mark.django_db(transaction=True)
@on_postgresql
def test_what_was_committed_late_is_read_although_the_log_has_gone_on_by_months() -> None:
    (early,) = boil(1)
    begin_month(month_to_come(3))
    (late,) = boil(2)
    end = end_of_log()
    recent_part.forget()
    assert events_after(end, 9) == []
    event = Event.objects.create(
        id=early + 1_000,
        name="KettleBoiled",
        key="kettle:1",
        occurred_at=timezone.now(),
        payload={},
        correlation_id=uuid.uuid4(),
        position=end + 1,  # as another process has numbered it
    )
    assert month_of(event.pk) < month_of(late)
    assert events_after(end, 9) == [event]


@pytest.mark.django_db(transaction=True)
@on_postgresql
def test_each_month_is_a_partition_and_the_next_one_is_there_in_time() -> None:
    day = month_to_come(0)
    begin_month(day)
    (event,) = boil(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM eventbus_event WHERE id = %s", [event])
        assert cursor.fetchone() == (f"eventbus_event_{day:%Y_%m}",)
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"eventbus_event_{month_to_come(0):%Y_%m}"])
        assert cursor.fetchone() == (True,)


@pytest.mark.django_db
@on_postgresql
def test_what_may_be_rolled_back_begins_no_month() -> None:
    day = month_to_come(0)
    assert begin_month(day) == 0
    assert month_of(boil(1)[0]) < month_of_day(day)


@pytest.mark.django_db
@on_postgresql
def test_indexes_of_which_some_months_have_theirs_are_completed() -> None:
    month = month_of_day(month_to_come(0))
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX event_of_key")
        cursor.execute("DROP INDEX event_of_name")
        cursor.execute("CREATE INDEX event_of_key ON ONLY eventbus_event (key)")  # and then it was killed
        cursor.execute("SELECT eventbus_make_month(%s)", [month])
        for _again in range(2):
            MAKE_INDEXES_SMALLER.code(None, SimpleNamespace(connection=connection))
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        assert cursor.fetchall() == []
        cursor.execute(LACKING, ["event_of_key"])
        assert cursor.fetchall() == []
    assert boil(1)


@pytest.mark.django_db
@on_postgresql
def test_a_full_log_of_the_release_before_becomes_the_first_part_of_it() -> None:
    server = {**connection.settings_dict, "NAME": f"months_{uuid.uuid4().hex[:8]}"}
    where = "postgres://{USER}@{HOST}:{PORT}/{NAME}"
    with psycopg.connect(where.format(**server | {"NAME": "postgres"}), autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {server['NAME']}")
        try:
            _migrate_a_full_log(where.format(**server))
        finally:
            owner.execute(f"DROP DATABASE {server['NAME']} WITH (FORCE)")


def _migrate_a_full_log(url: str) -> None:
    for to in (("eventbus", "0001"), ("webhooks", "0001")):
        migrated = run("manage.py", "migrate", "--verbosity=0", *to, DATABASE_URL=url)
        assert migrated.returncode == 0, migrated.stderr
    with psycopg.connect(url, autocommit=True) as line:
        line.execute(
            "INSERT INTO eventbus_event (uuid, name, key, occurred_at, payload, correlation_id, position)"
            " SELECT gen_random_uuid(), 'A', 'a:1', now(), '{}', gen_random_uuid(), n FROM generate_series(1, 500) n"
        )
        line.execute(
            "INSERT INTO eventbus_delivery (event_id, handler, key, status, attempts, error)"
            " SELECT id, 'h', key, 'waiting', 0, '' FROM eventbus_event"
        )
        before = line.execute("SELECT * FROM eventbus_event ORDER BY id").fetchall()
        _migrate_between_others(url)
        assert line.execute("SELECT * FROM eventbus_event ORDER BY id").fetchall() == before
        assert line.execute("SELECT count(*) FROM eventbus_event_first").fetchone() == (500,)
        (number,) = line.execute(
            "INSERT INTO eventbus_event (uuid, name, key, occurred_at, payload, correlation_id)"
            " VALUES (gen_random_uuid(), 'A', 'a:1', now(), '{}', gen_random_uuid()) RETURNING id"
        ).fetchone() or (0,)
        assert number == 501
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            line.execute("INSERT INTO webhooks_resend (endpoint_id, event_id) VALUES (1, 502)")


def _migrate_between_others(url: str) -> None:
    """Somebody who is at work on deliveries still comes to their events."""
    with psycopg.connect(url) as worker, ThreadPoolExecutor(1) as meanwhile:
        worker.execute("UPDATE eventbus_delivery SET attempts = 1")
        migrating = meanwhile.submit(run, "manage.py", "migrate", "--verbosity=0", DATABASE_URL=url)
        until(lambda: worker.execute(WAITS_FOR_DELIVERIES).fetchone() == (True,))
        assert worker.execute("SELECT count(*) FROM eventbus_event").fetchone() == (500,)
        worker.commit()
        migrated = migrating.result()
        assert migrated.returncode == 0, migrated.stderr


def test_the_numbers_of_months_are_those_of_the_migration() -> None:
    text = (settings.BASE_DIR / "kernel" / "eventbus" / "migrations" / "_months.py").read_text(encoding="utf-8")
    assert f"ROOM, FIRST = {1_000_000_000:_}, {FIRST}" in text
    assert first_id_of(FIRST + 1) - first_id_of(FIRST) == 1_000_000_000
