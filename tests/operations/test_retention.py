"""What is old is deleted, what is needed stays, and people go on borrowing meanwhile."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule, Task

from accounts.models import CardApplication, OutgoingMail
from kernel.eventbus.models import Delivery, Event, Receipt
from kernel.eventbus.stream.log import events_after
from kernel.storage.databases import all_databases
from lending.models import Sweep
from lending.queries import last_sweep
from library.operations import retention, tasks
from library.operations.drift import drift
from library.operations.retention import RULES, RetentionRule, apply_retention, count_expired
from tests.bus import Bus, put_back
from tests.factories import Town
from tests.processes import run
from webhooks.models import Attempt, Endpoint

pytestmark = pytest.mark.django_db
LATER = timedelta(days=31)


@pytest.fixture
def bus() -> Bus:
    """One order of deliveries is enough."""
    return Bus()


@pytest.fixture
def used(town: Town) -> Town:
    """A town that was used: a loan with its page, a browser's session, a webhook's attempt, a failed task."""
    town.give_back(town.haneul, town.lend(town.haneul, town.book(copies=2)))
    assert town.jo.post("loans", {"book": town.book()}, headers={"Idempotency-Key": "once"}).status_code == 201
    town.jo.force_login(town.jo.user, backend="accounts.passwords.backends.CurrentCards")
    town.jo.post("auth/login", {"card_number": "P-7002", "password": "wrong"})
    elsewhere = list(Delivery.objects.all())
    town.bus.settle()
    now = timezone.now()
    for delivery in elsewhere:  # as those are kept whose effect is in another database
        put_back(delivery, status="done", done_at=now)
    endpoint = Endpoint.objects.create(url="https://example.org/", secret="whsec_", made_at=now)
    endpoint.replaced_secrets.create(secret="whsec_", until=now + timedelta(days=1))
    Attempt.objects.create(endpoint=endpoint, event=Event.objects.first(), at=now, status=200, duration=1)
    for started in (now, now + timedelta(minutes=1)):
        Sweep.objects.create(as_of=now.date(), started_at=started, took=1)
    CardApplication.objects.create(name="이새봄", email="new@example.org", applied_at=now)
    OutgoingMail.objects.create(kind="link", card_number="P-7001", asked_at=now, retry_at=now)
    Task.objects.create(id="0" * 32, name="failed", func="nothing", started=now, stopped=now, success=False)
    Receipt.objects.create(
        event=Delivery.objects.first().event.uuid, handler="dashboard.handlers.show_loan", received_at=now
    )
    return town


def counts() -> dict[str, int]:
    """How many rows there are, in all databases, of what retention deletes; the last sweep stays."""
    rows = {
        rule.words: sum(_rows(rule, alias) for alias in all_databases() if rule.applies_to(alias)) for rule in RULES
    }
    return rows | {"overdue sweeps": rows["overdue sweeps"] - 1}


def _rows(rule: RetentionRule, alias: str) -> int:
    return rule.model._default_manager.using(alias).count()


def test_after_a_month_the_traces_are_gone_and_the_events_are_not(used: Town) -> None:
    before, events = counts(), Event.objects.count()
    assert all(before.values()), before

    deleted = apply_retention(timezone.now() + LATER)

    assert not any(counts().values()), counts()
    assert deleted == before
    assert last_sweep() == Sweep.objects.get()
    assert Event.objects.count() == events


def test_what_is_young_stays(used: Town) -> None:
    before = counts()
    assert not any(apply_retention(timezone.now()).values())
    assert counts() == before


def test_only_what_has_a_shorter_life_goes_within_the_month(used: Town) -> None:
    deleted = apply_retention(timezone.now() + timedelta(hours=25))
    gone = {"answers under an Idempotency-Key", "wrong passwords", "expired tokens", "webhooks' replaced secrets"}
    gone |= {"expired sessions"}
    assert {words for words, count in deleted.items() if count} == gone


def test_an_answer_is_kept_for_a_day(used: Town) -> None:
    apply_retention(timezone.now() + timedelta(hours=23))
    assert counts()["answers under an Idempotency-Key"] == 1


def test_a_delivery_that_is_not_done_stays_however_old(used: Town) -> None:
    waiting, dead, *_ = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=waiting.pk).update(status="waiting", done_at=None)
    Delivery.objects.filter(pk=dead.pk).update(status="dead", done_at=None)

    apply_retention(timezone.now() + LATER)

    assert set(Delivery.objects.values_list("pk", flat=True)) == {waiting.pk, dead.pk}


def test_a_delivery_that_was_done_late_stays_a_month_from_then(used: Town) -> None:
    late = Delivery.objects.order_by("pk").first()
    Delivery.objects.filter(pk=late.pk).update(done_at=timezone.now() + timedelta(days=20))
    apply_retention(timezone.now() + LATER)
    assert [delivery.pk for delivery in Delivery.objects.all()] == [late.pk]


def test_a_receipt_stays_while_its_delivery_is_not_marked_done(used: Town) -> None:
    receipt = Receipt.objects.latest("pk")  # where databases are apart, others are there too
    pending = Delivery.objects.filter(event__uuid=receipt.event)
    pending.update(status="waiting", done_at=None)
    Receipt.objects.filter(pk=receipt.pk).update(handler=pending.first().handler)

    apply_retention(timezone.now() + LATER)
    assert Receipt.objects.filter(pk=receipt.pk).exists()

    pending.update(status="done", done_at=timezone.now())
    apply_retention(timezone.now() + LATER)
    assert not Receipt.objects.exists()


def test_readers_replay_and_the_drift_check_miss_nothing(used: Town) -> None:
    known = [event.uuid for event in events_after(0, 1_000)]
    page = used.page(used.haneul)

    apply_retention(timezone.now() + LATER)

    assert [event.uuid for event in events_after(0, 1_000)] == known
    call_command("replay", "dashboard", "--from-empty", stdout=StringIO())
    used.haneul.sign_in()
    assert used.page(used.haneul) == page
    assert list(drift()) == []


def test_many_go_in_batches_and_it_may_be_stopped_between_them(used: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    later = timezone.now() + LATER
    before = counts()["deliveries that are done"]

    stopped = apply_retention(later, should_stop=lambda: True)

    assert 0 < stopped["deliveries that are done"] < before
    assert sum(apply_retention(later).values()) > 0
    assert not any(counts().values())


def test_a_dry_run_counts_what_would_go(used: Town) -> None:
    before, out = counts(), StringIO()
    with time_machine.travel(timezone.now() + LATER):
        call_command("apply_retention", "--dry-run", stdout=out)
        counted = count_expired(timezone.now())
    assert counts() == before
    assert counted == before
    assert f"deliveries that are done: {before['deliveries that are done']} would be deleted" in out.getvalue()


def test_the_command_says_what_it_deleted(used: Town) -> None:
    out = StringIO()
    with time_machine.travel(timezone.now() + LATER):
        call_command("apply_retention", stdout=out)
    assert "failed tasks: 1 deleted" in out.getvalue()
    assert not any(counts().values())


def test_how_long_is_for_the_operator_to_say(used: Town, settings: Any) -> None:
    settings.KEEP_DAYS = 90
    apply_retention(timezone.now() + LATER)
    assert Delivery.objects.exists()


def test_a_worker_does_it_every_hour(used: Town) -> None:
    assert Schedule.objects.get(func="library.operations.tasks.apply_retention").schedule_type == Schedule.HOURLY
    with time_machine.travel(timezone.now() + LATER):
        assert tasks.apply_retention() > 0
    assert not any(counts().values())


def test_the_command_fails_while_a_database_is_away() -> None:
    ran = run("manage.py", "apply_retention", DATABASE_URL="sqlite:////no/such/folder/library.sqlite3")
    assert ran.returncode == 1
    assert "it is away: default. Start it and run this again." in ran.stderr
