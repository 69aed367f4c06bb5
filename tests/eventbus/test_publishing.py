"""What `publish` promises to the one who publishes."""

import json
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import OrmQ

from kernel.eventbus.delivery import dispatch
from kernel.eventbus.delivery.worker import deliver_round
from kernel.eventbus.models import Delivery, Event
from kernel.eventbus.publishing.outbox import PublishedOutsideTransactionError, publish, publish_many
from kernel.eventbus.records import records_of
from kernel.eventbus.registry import connect, disconnect, event_of, facts_of, name_of
from kernel.observability.tracing import Trace, acting, tracing
from kernel.storage.writes import Write
from tests.eventbus.kettle import KettleBoiled, KettleRefilled, pour, refill, spill

TABLE = {KettleBoiled: [pour, spill]}


@pytest.fixture(autouse=True)
def _listening() -> Iterator[None]:
    connect(TABLE)
    yield
    disconnect(TABLE)


def boiled(kettle: int = 1, cups: int = 2) -> KettleBoiled:
    return KettleBoiled(occurred_at=timezone.now(), kettle=kettle, cups=cups)


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_raises_and_says_nothing() -> None:
    with pytest.raises(PublishedOutsideTransactionError):
        publish(boiled())

    assert not Event.objects.filter(name="KettleBoiled").exists()


@pytest.mark.django_db(transaction=True)
def test_a_service_that_rolls_back_said_nothing() -> None:
    OrmQ.objects.all().delete()
    with pytest.raises(ZeroDivisionError):
        _boil_and_fail()

    assert not Event.objects.filter(name="KettleBoiled").exists()
    assert not Delivery.objects.filter(key="kettle:1").exists()
    assert not OrmQ.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_commit_owes_every_handler_the_event_and_wakes_a_worker(monkeypatch) -> None:
    OrmQ.objects.all().delete()
    monkeypatch.setattr(dispatch.deliveries, "_last", -dispatch.INTERVAL)
    with transaction.atomic():
        publish(boiled())
        assert not OrmQ.objects.exists()

    deliveries = Delivery.objects.filter(key="kettle:1").values_list("handler", "status")
    assert set(deliveries) == {("tests.eventbus.kettle.pour", "waiting"), ("tests.eventbus.kettle.spill", "waiting")}
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db
def test_many_events_keep_their_order_and_take_few_statements(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(6), transaction.atomic():
        publish_many(boiled(kettle=number) for number in range(1, 1501))

    keys = [f"kettle:{number}" for number in range(1, 1501)]
    assert list(Event.objects.filter(name="KettleBoiled").order_by("id").values_list("key", flat=True)) == keys
    for handler in (pour, spill):
        deliveries = Delivery.objects.filter(handler=name_of(handler), event__name="KettleBoiled").order_by("id")
        assert (
            list(deliveries.values_list("key", flat=True))
            == list(deliveries.values_list("event__key", flat=True))
            == keys
        )


def brewed() -> list[Write]:
    """Two rows, the second made of the first."""
    first, source = "INSERT INTO django_q_ormq (key, payload) VALUES (%s, %s)", "django_q_ormq WHERE key = 'kettle'"
    if connection.vendor == "postgresql":
        first, source = f"{first} RETURNING key", "first"
    second = f"INSERT INTO django_q_ormq (key, payload) SELECT key, %s FROM {source}"
    return [Write("first", first, ["kettle", "hot"]), Write("second", second, ["cold"])]


@pytest.mark.django_db
def test_what_events_tell_of_is_written_along_with_them(django_assert_num_queries) -> None:
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 4):
        publish_many([boiled(1), boiled(2)], writes=brewed())
    assert list(OrmQ.objects.filter(key="kettle").order_by("pk").values_list("payload", flat=True)) == ["hot", "cold"]
    keys = Event.objects.filter(name="KettleBoiled").order_by("pk").values_list("key", flat=True)
    assert list(keys) == ["kettle:1", "kettle:2"]


@pytest.mark.django_db
def test_what_nothing_tells_of_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing is told"):
        publish_many([], writes=brewed())


@pytest.mark.django_db
def test_an_event_comes_out_of_the_log_as_it_went_in() -> None:
    event = boiled(cups=4)
    with transaction.atomic():
        publish(event)

    (record,) = records_of(Event.objects.filter(name="KettleBoiled"))
    assert event_of(record) == event


def causes(name: str) -> Trace:
    """What an event of that name says of its cause."""
    event = Event.objects.get(name=name)
    return Trace(event.correlation_id, event.causation_id, event.by, event.via, event.reason)


@pytest.mark.django_db
def test_an_event_says_what_caused_it_and_who_did_it_through_which_door_and_why() -> None:
    trace = Trace(uuid4(), uuid4(), by=7, via="desk", reason="the tea was cold")
    with tracing(trace), transaction.atomic():
        publish(boiled())
    assert causes("KettleBoiled") == trace


@pytest.mark.django_db
def test_a_reason_is_added_to_who_acts_and_only_inside_the_block() -> None:
    trace = Trace(uuid4(), by=7, via="desk")
    with tracing(trace), transaction.atomic():
        with acting(reason="the tea was cold"):
            publish(boiled())
        publish(KettleRefilled(occurred_at=timezone.now(), kettle=1))
    assert causes("KettleBoiled") == replace(trace, reason="the tea was cold")
    assert causes("KettleRefilled") == trace


@pytest.mark.django_db
def test_each_of_many_events_has_its_own_cause_where_that_is_named() -> None:
    traces = [Trace(uuid4(), by=number or None, via="api", reason=f"cup {number}") for number in range(3)]
    with transaction.atomic():
        publish_many([boiled(kettle=number) for number in range(3)], traces)
    written = Event.objects.filter(name="KettleBoiled").order_by("id")
    assert [(event.correlation_id, event.by, event.via, event.reason) for event in written] == [
        (trace.correlation_id, trace.by, trace.via, trace.reason) for trace in traces
    ]


@pytest.mark.django_db
def test_what_a_handler_publishes_is_caused_by_its_event_and_done_by_whom_that_was() -> None:
    table = {KettleBoiled: [refill]}
    connect(table)
    trace = Trace(uuid4(), by=7, via="desk", reason="the tea was cold")
    with tracing(trace), transaction.atomic():
        publish(boiled())
    deliver_round(timezone.now)
    disconnect(table)
    assert causes("KettleRefilled") == replace(trace, causation_id=Event.objects.get(name="KettleBoiled").uuid)


@pytest.mark.django_db
def test_the_log_leaves_out_what_is_at_its_default_and_says_it_all_the_same() -> None:
    plain, sweet = boiled(), replace(boiled(), milk=True, sugars={1: 2})
    with transaction.atomic():
        publish_many([plain, sweet])
    events = Event.objects.filter(name="KettleBoiled").order_by("pk")
    assert [event.payload.keys() - {"occurred_at", "kettle", "cups"} for event in events] == [set(), {"milk", "sugars"}]
    assert [event_of(record) for record in records_of(events)] == [plain, sweet]
    assert [facts_of(event) for event in events] == [json.loads(event.payload()) for event in (plain, sweet)]


@pytest.mark.django_db
def test_what_an_older_release_kept_whole_says_the_same() -> None:
    whole = Event(name="KettleBoiled", payload=json.loads(boiled().payload()))
    assert facts_of(whole) == whole.payload
    assert facts_of(Event(name="OfAnAppThatIsGone", payload={"thing": 1})) == {"thing": 1}


@transaction.atomic
def _boil_and_fail() -> None:
    publish(boiled())
    _ = 1 / 0
