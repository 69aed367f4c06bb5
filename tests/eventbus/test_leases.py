"""Fresh deliveries are a worker's while its lease names them, and nobody's work is lost with it."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from kernel.eventbus.delivery.due import LEASE, YOUNG, WhatIsDue, look
from kernel.eventbus.delivery.leases import claim_fresh, count_left, end_lease
from kernel.eventbus.delivery.worker import deliver_due
from kernel.eventbus.models import Delivery, Lease
from kernel.eventbus.publishing.outbox import publish
from kernel.eventbus.registry import connect, disconnect
from tests.eventbus.kettle import KettleBoiled, pour, poured

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, SECOND = UUID(int=1), UUID(int=2)
A_MOMENT = timedelta(seconds=2)


@pytest.fixture(autouse=True)
def pouring() -> Iterator[None]:
    """Somebody pours what the kettle boils."""
    deliver_due()
    connect({KettleBoiled: [pour]})
    yield
    disconnect({KettleBoiled: [pour]})


def boil(cups: int, kettle: int = 1) -> None:
    with transaction.atomic():
        publish(KettleBoiled(occurred_at=timezone.now(), kettle=kettle, cups=cups))


def taken(lease: UUID = SECOND) -> list[str]:
    """The keys of what a worker with that lease gets."""
    return [delivery.key for delivery in claim_fresh(timezone.now(), lease=lease)]


def found(lease: UUID = SECOND, later: timedelta = timedelta(), *, gives_way: bool = False) -> WhatIsDue:
    """What that worker sees, so much later."""
    return look(timezone.now() + later, DEFAULT_DB_ALIAS, lease, gives_way=gives_way)


def test_what_a_lease_names_is_nobody_elses_and_nothing_of_its_key_overtakes_it() -> None:
    boil(1)
    assert taken(FIRST) == ["kettle:1"]
    boil(2)
    assert not found().tried
    assert taken() == []
    boil(3, kettle=2)
    assert taken() == ["kettle:2"]
    assert not Delivery.objects.filter(attempts__gt=0).exists()


def test_what_was_not_done_when_a_lease_ends_is_fresh_again() -> None:
    boil(1)
    assert taken(FIRST) == ["kettle:1"]
    end_lease(FIRST)
    assert taken() == ["kettle:1"]


def test_what_a_dead_worker_left_counts_as_attempted_and_reaches_its_handler_in_its_order() -> None:
    boil(1)
    assert taken(FIRST) == ["kettle:1"]
    boil(2)
    Lease.objects.update(until=timezone.now())

    assert found().left
    count_left(timezone.now())
    assert list(Delivery.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 0]
    deliver_due()
    assert (poured(), Lease.objects.count()) == ("1,2,", 0)


def test_a_lease_of_a_machine_whose_clock_is_ahead_is_not_over() -> None:
    boil(1)
    assert claim_fresh(timezone.now() + A_MOMENT, lease=FIRST)
    assert found() == WhatIsDue(left=False, tried=False, fresh=False)


def test_one_worker_gives_way_to_another_that_keeps_up() -> None:
    boil(1)
    assert taken(FIRST) == ["kettle:1"]
    boil(2, kettle=2)
    assert not found(gives_way=True).fresh
    assert found(FIRST, gives_way=True).fresh
    assert found().fresh
    assert found(later=YOUNG + A_MOMENT, gives_way=True).fresh
    assert found(later=LEASE + A_MOMENT, gives_way=True).left
