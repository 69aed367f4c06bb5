"""Retention: traces of finished work, and what has expired, are deleted after a time. Events are kept: the history.

Rows go in small batches, one statement and transaction each, so that people borrow meanwhile. It may be stopped
anywhere, and continues the next time. What is still needed stays, however old: pending deliveries and their receipts.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django_q.models import Task
from knox.models import AuthToken

from accounts.models import CardApplication, OutgoingMail
from kernel.eventbus.models import Delivery, Event, Receipt
from kernel.http.idempotency.keys import KEPT_FOR
from kernel.http.models import KeptAnswer
from kernel.storage.databases import EVERYWHERE, all_databases, database_of, in_each_database, is_away
from lending.models import Sweep
from lending.queries import last_sweep
from webhooks.models import Attempt, ReplacedSecret

BATCH = 500
DONE = Delivery.Status.DONE
Keys = list[Any]
Cutoff = Callable[[datetime], datetime]


@dataclass(frozen=True)
class RetentionRule:
    """The rows of one table are deleted once their `moment` lies before the `cutoff`."""

    words: str
    model: type[Model]
    moment: str | Subquery
    cutoff: Cutoff
    needed: Callable[[str, Keys, datetime], Collection[Any]] = lambda alias, keys, before: ()
    """Those of the old rows that are kept because they are still needed."""
    in_order: bool = True
    """Rows are created in the order of their moments: old ones come first, and a batch that ends young is the last."""

    def batches(self, alias: str, now: datetime) -> Iterator[Keys]:
        """The keys to delete. Each batch is to be deleted before the next is asked for."""
        rows, before = self.model._default_manager.using(alias), self.cutoff(now)
        return self._oldest(alias, rows, before) if self.in_order else self._expired(rows, before)

    def count(self, alias: str, now: datetime) -> int:
        """How many rows would be deleted."""
        rows, before = self.model._default_manager.using(alias), self.cutoff(now)
        if self.in_order:
            return sum(map(len, self._oldest(alias, rows, before)))
        return rows.filter(**{f"{self.moment}__lt": before}).count()

    def _oldest(self, alias: str, rows: QuerySet[Any], before: datetime) -> Iterator[Keys]:
        last = 0
        while found := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", self.moment)[:BATCH]):
            old = [key for key, moment in found if moment < before]
            needed = self.needed(alias, old, before)
            yield [key for key in old if key not in needed]
            if len(found) < BATCH or found[-1][1] >= before:
                return
            last = found[-1][0]

    def _expired(self, rows: QuerySet[Any], before: datetime) -> Iterator[Keys]:
        old = rows.filter(**{f"{self.moment}__lt": before}).order_by(self.moment)
        while found := list(old.values_list("pk", flat=True)[:BATCH]):
            yield found

    def applies_to(self, alias: str) -> bool:
        """Whether a database has such rows."""
        label = self.model._meta.app_label
        return label in EVERYWHERE or alias == database_of(label)


def apply_retention(
    now: datetime,
    should_stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int], object] = lambda rows: None,
) -> dict[str, int]:
    """Deletes what no rule keeps, until nothing is left or it should stop; returns the number of rows by rule.

    `progress` is called with the size of each batch.
    """

    def delete(rule: RetentionRule, alias: str) -> int:
        deleted = 0
        for keys in rule.batches(alias, now):
            deleted += rule.model._default_manager.using(alias).filter(pk__in=keys).delete()[0]
            progress(len(keys))
            if should_stop():
                break
        return deleted

    return _by_rule(delete)


def count_expired(now: datetime) -> dict[str, int]:
    """How many rows would be deleted, by rule."""
    return _by_rule(lambda rule, alias: rule.count(alias, now))


def _by_rule(work: Callable[[RetentionRule, str], int]) -> dict[str, int]:
    """A database that is away is skipped; its rows go the next time."""
    return {rule.words: sum(in_each_database(partial(_where_it_applies, work, rule))) for rule in RULES}


def _where_it_applies(work: Callable[[RetentionRule, str], int], rule: RetentionRule, alias: str) -> int:
    return work(rule, alias) if rule.applies_to(alias) else 0


def _days_ago(now: datetime) -> datetime:
    return now - timedelta(days=settings.KEEP_DAYS)


def _before_lockout(now: datetime) -> datetime:
    return now - settings.AXES_COOLOFF_TIME


def _now(now: datetime) -> datetime:
    return now


def _not_done_before(alias: str, keys: Keys, before: datetime) -> Collection[Any]:
    """Deliveries that are pending, or were done only lately. What is done is of another database."""
    these = Delivery.objects.using(alias).filter(pk__in=keys)
    return set(these.exclude(status=DONE, done_at__lt=before).values_list("pk", flat=True))


def _last_sweep(alias: str, keys: Keys, before: datetime) -> Collection[Any]:
    """The sweep that metrics and alerts are about."""
    last = last_sweep()
    return [last.pk] if last else []


def _of_pending_deliveries(alias: str, keys: Keys, before: datetime) -> Collection[Any]:
    """Receipts whose deliveries are not marked as done yet; all of them while a database can't be asked."""
    if any(map(is_away, all_databases())):
        return keys
    rows = Receipt.objects.using(alias).filter(pk__in=keys).values_list("pk", "event", "handler")
    receipts = {(event, handler): key for key, event, handler in rows}
    needed: set[Any] = set()
    for other in all_databases():
        pending = Delivery.objects.using(other).exclude(status=DONE)
        found = pending.filter(event__uuid__in=[event for event, _ in receipts]).values_list("event__uuid", "handler")
        needed |= {receipts[pair] for pair in found if pair in receipts}
    return needed


OCCURRED = Subquery(Event.objects.filter(pk=OuterRef("event_id")).values("occurred_at"))
"""When a delivery's event occurred: looked up row by row, since a join may scan all events."""

RULES = (
    RetentionRule("overdue sweeps", Sweep, "started_at", _days_ago, _last_sweep),
    RetentionRule("deliveries that are done", Delivery, OCCURRED, _days_ago, _not_done_before),
    RetentionRule("receipts", Receipt, "received_at", _days_ago, _of_pending_deliveries),
    RetentionRule("attempts to send webhooks", Attempt, "at", _days_ago),
    RetentionRule("webhooks' replaced secrets", ReplacedSecret, "until", _now),
    RetentionRule("mails to the holders of cards", OutgoingMail, "asked_at", _days_ago),
    RetentionRule("applications for a card", CardApplication, "applied_at", _days_ago),
    RetentionRule("sign-ins", AccessLog, "attempt_time", _days_ago),
    RetentionRule("failed tasks", Task, "stopped", _days_ago, in_order=False),
    RetentionRule("answers under an Idempotency-Key", KeptAnswer, "started_at", lambda now: now - KEPT_FOR),
    RetentionRule("wrong passwords", AccessAttempt, "attempt_time", _before_lockout, in_order=False),
    RetentionRule("expired tokens", AuthToken, "expiry", _now, in_order=False),
    RetentionRule("expired sessions", Session, "expire_date", _now, in_order=False),
)
