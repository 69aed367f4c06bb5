"""The order of the log."""

import pytest
from django.db import transaction
from django.utils import timezone

from kernel.eventbus.models import Event
from kernel.eventbus.publishing.outbox import publish_many
from kernel.eventbus.stream import log
from tests.eventbus.kettle import KettleBoiled


@pytest.mark.django_db
def test_the_end_of_the_log_is_behind_every_event_however_many_had_no_position_yet(monkeypatch) -> None:
    monkeypatch.setattr(log, "BATCH", 2)
    before = log.end_of_log()
    with transaction.atomic():
        publish_many([KettleBoiled(occurred_at=timezone.now(), kettle=kettle, cups=1) for kettle in range(5)])

    assert log.end_of_log() == before + 5
    assert not Event.objects.filter(position=None).exists()
