"""What `publish` promises to the one who publishes."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from kernel.eventbus.delivery import dispatch
from kernel.eventbus.models import Delivery, Event
from kernel.eventbus.publishing.outbox import PublishedOutsideTransactionError, publish, publish_many
from kernel.eventbus.registry import connect, disconnect, event_of, name_of
from kernel.observability.tracing import Trace, tracing
from tests.eventbus.kettle import KettleBoiled, pour, spill

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


@pytest.mark.django_db
def test_an_event_comes_out_of_the_log_as_it_went_in() -> None:
    event = boiled(cups=4)
    with transaction.atomic():
        publish(event)

    assert event_of(Event.objects.get(name="KettleBoiled")) == event


@pytest.mark.django_db
def test_an_event_carries_what_led_to_it() -> None:
    first = Event.objects.order_by("id").first()
    assert first is not None
    with tracing(Trace(first.correlation_id, first.uuid)), transaction.atomic():
        publish(boiled())

    written = Event.objects.get(name="KettleBoiled")
    assert (written.correlation_id, written.causation_id) == (first.correlation_id, first.uuid)


@transaction.atomic
def _boil_and_fail() -> None:
    publish(boiled())
    _ = 1 / 0
