"""What is not kept for ever: traces of what is done, and what has expired. Events are kept: they are the history.

Everything goes in small batches, each a transaction of one statement, so that people go on borrowing meanwhile. It may
be stopped anywhere and goes on the next time. What would still be needed stays, however old it is: a delivery that
waits or is dead, and its receipt.
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

from kernel.eventbus.models import Delivery, Event, Receipt
from kernel.http.idempotency import KEPT_FOR
from kernel.http.models import KeptAnswer
from kernel.storage.databases import EVERYWHERE, all_databases, database_of, in_each_database, is_away
from lending.models import Sweep
from lending.queries import last_sweep
from webhooks.models import Attempt

BATCH = 500
DONE = Delivery.Status.DONE
Keys = list[Any]
Before = Callable[[datetime], datetime]


@dataclass(frozen=True)
class Kind:
    """Rows of one table that are forgotten once their `moment` lies before what `before` says of now."""

    words: str
    model: type[Model]
    moment: str | Subquery
    before: Before
    spared: Callable[[str, Keys, datetime], Collection[Any]] = lambda alias, keys, before: ()
    """Those of the old rows that are needed still."""
    in_order: bool = True
    """Rows are made in the order of their moments: the old ones come first, and a batch that ends young is the last."""

    def batches(self, alias: str, now: datetime) -> Iterator[Keys]:
        """The keys of what may go. Each batch is to be deleted before the next is asked for."""
        rows, before = self.model._default_manager.using(alias), self.before(now)
        return self._oldest(alias, rows, before) if self.in_order else self._expired(rows, before)

    def count(self, alias: str, now: datetime) -> int:
        """How many rows may go."""
        rows, before = self.model._default_manager.using(alias), self.before(now)
        if self.in_order:
            return sum(map(len, self._oldest(alias, rows, before)))
        return rows.filter(**{f"{self.moment}__lt": before}).count()

    def _oldest(self, alias: str, rows: QuerySet[Any], before: datetime) -> Iterator[Keys]:
        last = 0
        while found := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", self.moment)[:BATCH]):
            old = [key for key, moment in found if moment < before]
            spared = self.spared(alias, old, before)
            yield [key for key in old if key not in spared]
            if len(found) < BATCH or found[-1][1] >= before:
                return
            last = found[-1][0]

    def _expired(self, rows: QuerySet[Any], before: datetime) -> Iterator[Keys]:
        old = rows.filter(**{f"{self.moment}__lt": before}).order_by(self.moment)
        while found := list(old.values_list("pk", flat=True)[:BATCH]):
            yield found

    def is_in(self, alias: str) -> bool:
        """Whether a database has such rows."""
        label = self.model._meta.app_label
        return label in EVERYWHERE or alias == database_of(label)


def forget_old(
    now: datetime, enough: Callable[[], bool] = lambda: False, progress: Callable[[int], object] = lambda rows: None
) -> dict[str, int]:
    """Deletes what is old, until that is all or it is enough; returns how many rows of each kind there were.

    `progress` is told the rows of each batch.
    """

    def forget(kind: Kind, alias: str) -> int:
        deleted = 0
        for keys in kind.batches(alias, now):
            deleted += kind.model._default_manager.using(alias).filter(pk__in=keys).delete()[0]
            progress(len(keys))
            if enough():
                break
        return deleted

    return _of_each_kind(forget)


def count_old(now: datetime) -> dict[str, int]:
    """How many rows of each kind would be deleted."""
    return _of_each_kind(lambda kind, alias: kind.count(alias, now))


def _of_each_kind(work: Callable[[Kind, str], int]) -> dict[str, int]:
    """A database that is away is passed over; its turn comes the next time."""
    return {kind.words: sum(in_each_database(partial(_where_it_is, work, kind))) for kind in KINDS}


def _where_it_is(work: Callable[[Kind, str], int], kind: Kind, alias: str) -> int:
    return work(kind, alias) if kind.is_in(alias) else 0


def _days_ago(now: datetime) -> datetime:
    return now - timedelta(days=settings.KEEP_DAYS)


def _after_lockout(now: datetime) -> datetime:
    return now - settings.AXES_COOLOFF_TIME


def _now(now: datetime) -> datetime:
    return now


def _not_done_long_ago(alias: str, keys: Keys, before: datetime) -> Collection[Any]:
    """Deliveries that wait, are dead, or were done only lately."""
    these = Delivery.objects.using(alias).filter(pk__in=keys)
    return set(these.exclude(status=DONE, done_at__lt=before).values_list("pk", flat=True))


def _the_last(alias: str, keys: Keys, before: datetime) -> Collection[Any]:
    """The sweep that figures and alerts tell of."""
    last = last_sweep()
    return [last.pk] if last else []


def _still_owed(alias: str, keys: Keys, before: datetime) -> Collection[Any]:
    """Receipts whose deliveries are not marked done yet; all of them while a database can't be asked."""
    if any(map(is_away, all_databases())):
        return keys
    rows = Receipt.objects.using(alias).filter(pk__in=keys).values_list("pk", "event", "handler")
    receipts = {(event, handler): key for key, event, handler in rows}
    owed: set[Any] = set()
    for other in all_databases():
        undone = Delivery.objects.using(other).exclude(status=DONE)
        found = undone.filter(event__uuid__in=[event for event, _ in receipts]).values_list("event__uuid", "handler")
        owed |= {receipts[pair] for pair in found if pair in receipts}
    return owed


HAPPENED = Subquery(Event.objects.filter(pk=OuterRef("event_id")).values("occurred_at"))
"""When a delivery's event happened: looked up row by row, since a join may walk along all events."""

KINDS = (
    Kind("overdue sweeps", Sweep, "started_at", _days_ago, _the_last),
    Kind("deliveries that are done", Delivery, HAPPENED, _days_ago, _not_done_long_ago),
    Kind("receipts", Receipt, "received_at", _days_ago, _still_owed),
    Kind("attempts to send webhooks", Attempt, "at", _days_ago),
    Kind("sign-ins", AccessLog, "attempt_time", _days_ago),
    Kind("failed tasks", Task, "stopped", _days_ago, in_order=False),
    Kind("answers under an Idempotency-Key", KeptAnswer, "started_at", lambda now: now - KEPT_FOR),
    Kind("wrong passwords", AccessAttempt, "attempt_time", _after_lockout, in_order=False),
    Kind("expired tokens", AuthToken, "expiry", _now, in_order=False),
    Kind("expired sessions", Session, "expire_date", _now, in_order=False),
)
