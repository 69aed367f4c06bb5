"""What the bus promises to a handler: once, in order, alone with its failures."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from kernel.eventbus.delivery.attempts import attempt
from kernel.eventbus.delivery.backoff import MAX_ATTEMPTS
from kernel.eventbus.delivery.due import LEASE
from kernel.eventbus.delivery.failures import requeue
from kernel.eventbus.delivery.leases import claim_fresh
from kernel.eventbus.delivery.worker import deliver_due
from kernel.eventbus.models import Delivery, Lease
from kernel.eventbus.publishing.outbox import publish
from kernel.eventbus.registry import Handler, connect, disconnect
from tests.eventbus.kettle import KettleBoiled, explode, pour, pour_all_but_the_third, poured, spill
from tests.processes import run

DEAD, DONE, WAITING = Delivery.Status.DEAD, Delivery.Status.DONE, Delivery.Status.WAITING


@pytest.fixture
def listen() -> Iterator[object]:
    """Connects handlers to the kettle for one test."""
    tables = []

    def connected(*handlers: Handler) -> None:
        tables.append({KettleBoiled: handlers})
        connect(tables[-1])

    deliver_due()
    yield connected
    for table in tables:
        disconnect(table)


def boil(*cups: int, kettle: int = 1) -> None:
    for number in cups:
        with transaction.atomic():
            publish(KettleBoiled(occurred_at=timezone.now(), kettle=kettle, cups=number))


def deliveries(handler: str = "") -> dict[str, int]:
    found = Delivery.objects.filter(handler__endswith=handler, key__startswith="kettle")
    return {status: found.filter(status=status).count() for status in Delivery.Status.values}


@pytest.mark.django_db(transaction=True)
def test_every_event_has_one_effect_in_its_order(listen) -> None:
    listen(pour)
    boil(1, 2, 3)

    deliver_due()
    deliver_due()

    assert poured() == "1,2,3,"


@pytest.mark.django_db(transaction=True)
def test_a_delivery_claimed_twice_has_one_effect(listen) -> None:
    listen(pour)
    boil(1)
    (claimed,) = claim_fresh(timezone.now())
    attempt(claimed, timezone.now)
    attempt(claimed, timezone.now)

    assert poured() == "1,"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_comes_back_after_its_claim_ran_out_does_nothing(listen) -> None:
    listen(pour)
    boil(1)
    (slow,) = claim_fresh(timezone.now())
    with time_machine.travel(timezone.now() + LEASE, tick=False):
        deliver_due()
        attempt(slow, timezone.now)

    assert poured() == "1,"


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_keep_one_effect_and_each_keys_order(listen) -> None:
    listen(pour)
    for number in range(12):
        for kettle in (1, 2, 3):
            boil(number, kettle=kettle)

    _in_threads(4, deliver_due)

    expected = "".join(f"{number}," for number in range(12))
    assert [poured(kettle) for kettle in (1, 2, 3)] == [expected] * 3


@pytest.mark.django_db(transaction=True)
def test_one_handlers_failure_is_its_own(listen) -> None:
    listen(spill, pour)
    boil(1)

    deliver_due()

    assert poured() == "1,"
    assert (deliveries("pour"), deliveries("spill")[WAITING]) == ({WAITING: 0, DONE: 0, DEAD: 0}, 1)
    assert "spilt 1 cups" in Delivery.objects.get(handler__endswith="spill").error


@pytest.mark.django_db(transaction=True)
def test_one_failure_among_many_is_undone_alone(listen) -> None:
    listen(pour_all_but_the_third)
    for kettle in range(1, 6):
        boil(kettle, kettle=kettle)

    deliver_due()

    assert [poured(kettle) for kettle in range(1, 6)] == ["1,", "2,", "", "4,", "5,"]
    failed = Delivery.objects.get(key="kettle:3")
    assert (failed.attempts, failed.status) == (1, WAITING)


@pytest.mark.django_db(transaction=True)
def test_a_failed_attempt_leaves_no_effect_and_is_repeated_after_growing_pauses(listen) -> None:
    listen(spill)
    boil(1)
    pauses = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        deliver_due()
        while not deliveries()[DEAD]:
            next_try = _not_before()
            pauses.append(next_try - timezone.now())
            clock.move_to(next_try)
            deliver_due()

    assert poured() == ""
    assert len(pauses) == MAX_ATTEMPTS - 1
    assert pauses[-1] > 8 * pauses[0]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_tried_again_before_its_pause_is_over(listen) -> None:
    listen(spill)
    boil(1)
    with time_machine.travel(timezone.now(), tick=False):
        deliver_due()
        deliver_due()

    assert Delivery.objects.get(handler__endswith="spill").attempts == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_claimed_before_the_clock_was_set_back_is_due(listen) -> None:
    listen(pour)
    boil(1)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert claim_fresh(timezone.now())  # and its worker dies
    deliver_due()

    assert poured() == "1,"
    assert not Delivery.objects.filter(handler__endswith="pour").exists()


@pytest.mark.django_db(transaction=True)
def test_a_dead_delivery_parks_its_key_and_no_other(listen) -> None:
    listen(pour)
    boil(1, 2)
    Delivery.objects.filter(pk=Delivery.objects.filter(key="kettle:1").earliest("pk").pk).update(status=DEAD)
    boil(7, kettle=2)

    deliver_due()

    assert (poured(1), poured(2)) == ("", "7,")


@pytest.mark.django_db(transaction=True)
def test_a_requeued_delivery_goes_first_and_then_those_behind_it(listen) -> None:
    listen(pour)
    boil(1, 2)
    Delivery.objects.filter(pk=Delivery.objects.filter(key="kettle:1").earliest("pk").pk).update(status=DEAD)
    deliver_due()

    assert requeue(Delivery.objects.all()) == 1
    deliver_due()

    assert poured() == "1,2,"


@pytest.mark.django_db(transaction=True)
def test_an_event_behind_a_failing_one_waits_for_it(listen) -> None:
    listen(spill)
    boil(1, 2)

    deliver_due()

    first, second = Delivery.objects.filter(key="kettle:1").order_by("pk")
    assert (first.attempts, second.attempts, second.status) == (1, 0, WAITING)


@pytest.mark.django_db(transaction=True)
def test_an_attempt_that_kills_its_worker_counts_and_only_its_own_delivery_dies_of_it(listen) -> None:
    listen(explode, pour)
    boil(5, kettle=2)
    boil(6, kettle=3)
    Delivery.objects.filter(key="kettle:2", handler__endswith="pour").delete()
    Delivery.objects.filter(key="kettle:3", handler__endswith="explode").delete()

    for _ in range(2):
        assert run("-m", "tests.eventbus.worker", "explode", "pour").returncode == -9
        Lease.objects.update(until=_long_ago())
        Delivery.objects.filter(status=WAITING).update(not_before=_long_ago())
    deadly = Delivery.objects.get(key="kettle:2")
    assert (deadly.attempts, deadly.status) == (2, WAITING)

    Delivery.objects.filter(pk=deadly.pk).update(attempts=MAX_ATTEMPTS)
    deliver_due()

    deadly.refresh_from_db()
    assert (deadly.status, deadly.error) == (DEAD, "the worker died during each attempt")
    assert (poured(2), poured(3)) == ("", "6,")


@pytest.mark.django_db(transaction=True)
def test_a_delivery_to_a_handler_that_this_worker_does_not_know_waits_for_one_that_does(listen) -> None:
    listen(pour)
    boil(1)
    Delivery.objects.filter(key="kettle:1").update(handler="tests.eventbus.kettle.newer")

    deliver_due()

    waiting = Delivery.objects.get(key="kettle:1")
    assert (waiting.status, waiting.attempts) == (WAITING, 0)


def _not_before() -> datetime:
    moment = Delivery.objects.get(handler__endswith="spill").not_before
    assert moment
    return moment


def _long_ago() -> datetime:
    return timezone.now() - timedelta(hours=1)


def _in_threads(number: int, work) -> None:
    def body() -> None:
        work()
        connection.close()

    threads = [threading.Thread(target=body) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
