"""Claims due deliveries and runs their handlers, each handler in transactions of its own.

A delivery lives in the database of the context that published, and its effect in that of the handler's context. Where
that is one database, effect and "done" commit together; where it is two, the effect commits with a receipt first.
"""

import random
import traceback
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kernel.eventbus.delivery.invocation import tell
from kernel.eventbus.delivery.outcomes import note_done, note_trouble
from kernel.eventbus.locks import CLAIMING, one_at_a_time
from kernel.eventbus.models import Delivery, Receipt
from kernel.eventbus.registry import handler_named, handler_names, home_of
from kernel.observability.metrics import HANDLER_SECONDS
from kernel.storage.databases import OUT_OF_REACH, answers, in_each_database, is_away

BATCH = 500
LEASE = timedelta(seconds=15)
"""How long a claim holds: after that others take up what a dead worker left."""
MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = 1.5 * FIRST_PAUSE * 2 ** (MAX_ATTEMPTS - 1)
"""Nothing is put off further. What seems so was put off before the clock was set back, and is due."""


WAITING, DONE, DEAD = Delivery.Status.WAITING, Delivery.Status.DONE, Delivery.Status.DEAD


class ClaimLostError(Exception):
    """Somebody else has taken over a part of what was claimed."""


def deliver_round(clock: Callable[[], datetime]) -> int:
    """In each database one delivery that was tried before, alone, and then a batch of fresh ones; returns how many
    were claimed.

    Alone, because an attempt may kill its worker: then it counts against nobody else.
    """
    return sum(in_each_database(lambda alias: _deliver_from(alias, clock)))


def _deliver_from(alias: str, clock: Callable[[], datetime]) -> int:
    tried = claim_tried(clock(), alias)
    _attempt_in_order(tried, clock)
    fresh = claim_fresh(clock(), alias)
    for handler in dict.fromkeys(delivery.handler for delivery in fresh):
        _attempt_together([delivery for delivery in fresh if delivery.handler == handler], clock)
    return len(tried) + len(fresh)


def claim_fresh(now: datetime, alias: str = DEFAULT_DB_ALIAS) -> list[Delivery]:
    """Claims up to `BATCH` deliveries never tried before, each key's in their order."""
    return _claim(alias, Q(attempts=0), now, BATCH, held_up_by=Q(status=DEAD) | Q(attempts__gt=0))


def claim_tried(now: datetime, alias: str = DEFAULT_DB_ALIAS) -> list[Delivery]:
    """Claims at most one delivery that failed before, or that a worker took up and never finished."""
    return _claim(alias, Q(attempts__gt=0), now, 1, held_up_by=Q())


def attempt(delivery: Delivery, clock: Callable[[], datetime]) -> bool:
    """Runs the handler and answers whether it is done now; there is one effect, however often this is called. A
    failure is noted and retried later.

    A delivery that another worker has taken over meanwhile, or that is done, is left alone. While the database of
    the handler's context is away, the delivery waits untried.
    """
    now = clock()
    if _ran_out(delivery, now):
        return False
    if delivery.attempts > MAX_ATTEMPTS:
        _bury(delivery)
        return False
    try:
        _carry_out([delivery], now)
    except ClaimLostError:
        return False
    except Exception as error:  # whatever a handler raises is kept on its delivery, shown and retried
        if isinstance(error, OUT_OF_REACH) and not answers(home_of(delivery.handler)):
            _give_back(delivery)
        else:
            _note_failure(delivery, error, clock())
        return False
    return True


def _attempt_together(claimed: list[Delivery], clock: Callable[[], datetime]) -> None:
    """One handler's fresh deliveries in one transaction: one commit for many. If anything fails, nothing of it
    happened, and each goes alone."""
    now = clock()
    try:
        if _ran_out(claimed[0], now):
            raise ClaimLostError
        _carry_out(claimed, now)
    except Exception:  # whoever failed is found, told and noted alone
        _attempt_in_order(claimed, clock)


def _attempt_in_order(claimed: list[Delivery], clock: Callable[[], datetime]) -> None:
    """Behind one that failed, the others of its key and handler are given back untried."""
    held_up: set[tuple[str, str]] = set()
    for delivery in claimed:
        line = (delivery.handler, delivery.key)
        if line in held_up or is_away(home_of(delivery.handler)):
            _give_back(delivery)
        elif not attempt(delivery, clock):
            held_up.add(line)


def requeue(deliveries: QuerySet[Delivery]) -> int:
    """Gives dead deliveries a fresh set of attempts; returns how many there were."""
    return deliveries.filter(status=DEAD).update(status=WAITING, attempts=0, not_before=None, claim=None)


def _claim(alias: str, which: Q, now: datetime, limit: int, held_up_by: Q) -> list[Delivery]:
    """Counts an attempt for each of the due deliveries and reserves them; committed before any handler runs."""
    here = Delivery.objects.using(alias)
    reached = Q(not_before=None) | Q(not_before__lte=now) | Q(not_before__gt=now + LONGEST_PAUSE)
    due = here.filter(which, reached, status=WAITING)
    due = due.filter(handler__in=[name for name in handler_names() if not is_away(home_of(name))])
    if not due.exists():
        return []
    earlier = Delivery.objects.filter(handler=OuterRef("handler"), key=OuterRef("key"), id__lt=OuterRef("id"))
    in_turn = ~Exists(earlier.exclude(status=DONE).filter(held_up_by))
    with transaction.atomic(using=alias):
        one_at_a_time(CLAIMING, alias)  # or a claim could overtake an earlier row that another worker is just taking
        found = list(due.filter(in_turn).order_by("id").values_list("id", flat=True)[:limit])
        claim = uuid.uuid4()
        here.filter(id__in=found).update(attempts=F("attempts") + 1, not_before=now + LEASE, claim=claim)
        return list(here.filter(id__in=found).select_related("event").order_by("id"))


def _carry_out(claimed: list[Delivery], now: datetime) -> None:
    """Runs one handler for its deliveries, all or nothing. Raises `ClaimLostError` when not all are ours any more."""
    handler, published_in = claimed[0].handler, claimed[0]._state.db
    home = home_of(handler)
    with HANDLER_SECONDS.labels(handler).time(), transaction.atomic(using=home):
        if home == published_in:
            _mark_done(claimed, now)
        told = claimed if home == published_in else _receive(claimed, now, home)
        tell(handler_named(handler), [delivery.event for delivery in told])
    if home != published_in:
        _mark_done(claimed, now)
    note_done(claimed)


def _receive(claimed: list[Delivery], now: datetime, home: str) -> list[Delivery]:
    """Leaves a receipt for each of them; returns those that had none. Whoever does the same meanwhile waits."""
    handler, receipts = claimed[0].handler, Receipt.objects.using(home)
    events = [delivery.event.uuid for delivery in claimed]
    known = set(receipts.filter(handler=handler, event__in=events).values_list("event", flat=True))
    new = [delivery for delivery in claimed if delivery.event.uuid not in known]
    receipts.bulk_create([Receipt(event=each.event.uuid, handler=handler, received_at=now) for each in new])
    return new


def _give_back(delivery: Delivery) -> None:
    """Leaves it to whoever comes next, as if nobody had tried."""
    _ours([delivery]).update(attempts=F("attempts") - 1, not_before=None, claim=None)


def _bury(delivery: Delivery) -> None:
    """Gives up a delivery whose last attempt never came back."""
    error = delivery.error or "the worker died during each attempt"
    _ours([delivery]).update(status=DEAD, attempts=MAX_ATTEMPTS, not_before=None, error=error)
    note_trouble(delivery, "dead", "it came back from none of its attempts")


def _ran_out(delivery: Delivery, now: datetime) -> bool:
    """Whether the claim is over, so that somebody else may have the delivery by now."""
    return delivery.not_before is not None and delivery.not_before <= now


def _ours(claimed: list[Delivery]) -> QuerySet[Delivery]:
    """Those of one claim that nobody has taken over."""
    here = Delivery.objects.using(claimed[0]._state.db)
    return here.filter(pk__in=[delivery.pk for delivery in claimed], claim=claimed[0].claim, status=WAITING)


def _mark_done(claimed: list[Delivery], now: datetime) -> None:
    """Takes the rows' locks and marks them. Raises `ClaimLostError` when some were taken over."""
    if _ours(claimed).update(status=DONE, done_at=now, not_before=None, error="") < len(claimed):
        raise ClaimLostError


def _note_failure(delivery: Delivery, error: Exception, now: datetime) -> None:
    """Keeps the error; the next attempt comes after a pause that doubles, or never after the last."""
    last = delivery.attempts >= MAX_ATTEMPTS
    pause = FIRST_PAUSE * 2 ** (delivery.attempts - 1) * random.uniform(0.5, 1.5)  # noqa: S311  jitter, not a secret
    _ours([delivery]).update(
        status=DEAD if last else WAITING,
        not_before=None if last else now + pause,
        error="".join(traceback.format_exception(error))[-10_000:],
    )
    what = f"attempt {delivery.attempts} of {MAX_ATTEMPTS} failed with {type(error).__name__}"
    note_trouble(delivery, "dead" if last else "failed", what)
