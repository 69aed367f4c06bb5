"""The sweep that makes nobody's what was closed long ago, and at once what patrons want no history of."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from django.utils import timezone

from kernel.eventbus.delivery.queries import pending_among
from kernel.eventbus.publishing.outbox import publish
from kernel.http.idempotency.rewriting import rewrite_answers
from kernel.storage.databases import atomic_in
from kernel.storage.retries import with_retries
from lending.erasing.choices import keeping_among, wanting_no_history
from lending.erasing.fees import anonymise_fees
from lending.erasing.holds import ended_holds, next_ended, processed
from lending.erasing.loans import Released, closed_loans, release, release_holds
from lending.erasing.restrictions import (
    NOBODYS_ACT,
    anonymise_blocks,
    anonymise_suspensions,
    blocks_over,
    suspensions_over,
)
from lending.events import LoansAnonymised
from lending.locks import lock_known_accounts
from lending.models import Act

BATCH = 5_000
"""So many loans are in memory, and SQLite's one writer is held for so many: half a second."""
Step = Callable[[int], tuple[int, int] | None]
OF_A_LOAN = re.compile(r'"id":(\d+),"patron":\d+(?=,"book":)')


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What ended before midnight of the day `before` is old; what its patron wants no history of may have ended before
    `at_once`. `today` is the day of the sweep."""

    before: date
    at_once: datetime
    today: date

    @property
    def midnight(self) -> datetime:
        """When the day `before` began."""
        return timezone.make_aware(datetime.combine(self.before, time.min))


def limits_of(*, as_of: date, keep_days: int, now: datetime) -> Limits:
    """The limits on a day, where loans are kept so many days behind their end."""
    tomorrow = timezone.make_aware(datetime.combine(as_of + timedelta(days=1), time.min))
    return Limits(before=as_of - timedelta(days=keep_days), at_once=min(now, tomorrow), today=as_of)


def anonymise_loans(limits: Limits, *, now: datetime, progress: Callable[[int], None]) -> int:
    """Makes nobody's the closed loans, ended holds, blocks and suspensions that are old, and those loans of which their
    patrons keep no history. Announces it, so that whoever listens follows; returns how many there were.

    A loan stays while something is owed of it, while a suspension runs to which it led, while a handler has not
    processed what was announced of it, and where its patron wants the history kept. Each batch commits with its events,
    so a sweep that is stopped and run again does the rest. `progress` is told the size of each batch.
    """
    old = _swept(_walk(limits.midnight, limits, None), _old_ones(limits, now), limits, now, progress)
    return old + anonymise_unwanted(limits, now=now, progress=progress)


def anonymise_unwanted(limits: Limits, *, now: datetime, progress: Callable[[int], None]) -> int:
    """The same of patrons who keep no history, whose loans are nobody's as soon as they are over."""
    steps = (step for patrons in wanting_no_history() for step in _unwanted_ones(limits, now, patrons))
    return _swept(_unwanted(limits), steps, limits, now, progress)


def _swept(
    batches: Iterable[list[int]], steps: Iterable[Step], limits: Limits, now: datetime, progress: Callable[[int], None]
) -> int:
    """Loans in batches, and what else is to be made nobody's, behind each step's last thing; how many that were."""
    anonymised = 0
    for loans in batches:
        count = with_retries(partial(_anonymise, loans, limits, now))
        anonymised += count
        progress(count)
    for step in steps:
        last = 0
        while found := with_retries(partial(step, last)):
            last, count = found
            anonymised += count
            progress(count)
    return anonymised


def _old_ones(limits: Limits, now: datetime) -> Iterator[Step]:
    yield partial(_anonymise_holds, limits, now)
    yield partial(_anonymise_acts, limits)
    yield partial(anonymise_blocks, limits.before)
    yield partial(anonymise_suspensions, limits.before, now=now)
    yield partial(anonymise_fees, limits.midnight, limits.before, now=now)


def _unwanted_ones(limits: Limits, now: datetime, patrons: Sequence[int]) -> Iterator[Step]:
    yield partial(anonymise_suspensions, limits.today, now=now, patrons=patrons)
    yield partial(anonymise_fees, limits.at_once, limits.today, now=now, patrons=patrons)


def count_to_anonymise(limits: Limits) -> int:
    """How many loans, holds and bars the sweep would make nobody's."""
    at_once = sum(suspensions_over(limits.today, patrons).count() for patrons in wanting_no_history())
    rows = (ended_holds(limits.midnight), blocks_over(limits.before), suspensions_over(limits.before))
    return sum(map(len, loans_to_anonymise(limits))) + sum(row.count() for row in rows) + at_once


def loans_to_anonymise(limits: Limits) -> Iterator[list[int]]:
    """The loans in batches: those that are old, then those of patrons who keep no history."""
    yield from _walk(limits.midnight, limits, None)
    yield from _unwanted(limits)


def _unwanted(limits: Limits) -> Iterator[list[int]]:
    for patrons in wanting_no_history():
        yield from _walk(limits.at_once, limits, patrons)


def _walk(ended_before: datetime, limits: Limits, patrons: Sequence[int] | None) -> Iterator[list[int]]:
    last = 0
    found_next = partial(closed_loans, ended_before=ended_before, today=limits.today, most=BATCH, patrons=patrons)
    while found := found_next(after=last):
        last = found[-1][0]
        keeping = keeping_among({patron for _loan, patron in found}) if patrons is None else frozenset()
        loans = [loan for loan, patron in found if patron not in keeping]
        pending = pending_among("loan", loans)
        if free := [loan for loan in loans if loan not in pending]:
            yield free


@atomic_in("lending")
def _anonymise(loans: Sequence[int], limits: Limits, now: datetime) -> int:
    released = release(loans)
    if released.loans:
        forget_in_answers(released.loans)

        announce(released, limits.before, now)
    return len(released.loans)


@atomic_in("lending")
def _anonymise_holds(limits: Limits, now: datetime, after: int) -> tuple[int, int] | None:
    """The same of the next holds behind one; the last of them, and how many. None where there are no more."""
    found = next_ended(limits.midnight, after)
    if not found:
        return None
    keeping = keeping_among({patron for _hold, patron in found if patron})
    holds = processed([hold for hold, patron in found if patron not in keeping])
    lock_known_accounts({patron for _hold, patron in found if patron})

    release_holds(holds)

    if holds:
        announce(Released([], holds), limits.before, now)
    return found[-1][0], len(holds)


@atomic_in("lending")
def _anonymise_acts(limits: Limits, after: int) -> tuple[int, int] | None:
    """The same of what was done long ago about patrons, and about no loan: the last act, and none to count."""
    acts = Act.objects.filter(at__lt=limits.midnight, loan=None, pk__gt=after).exclude(patron=None).order_by("pk")
    found = list(acts.values_list("pk", "patron")[:BATCH])
    if not found:
        return None
    keeping = keeping_among({patron for _act, patron in found if patron})

    Act.objects.filter(pk__in=[act for act, patron in found if patron not in keeping]).update(**NOBODYS_ACT)
    return found[-1][0], 0


def announce(released: Released, before: date, now: datetime) -> None:
    """Says what is nobody's any more."""
    loans, holds = map(tuple, released)
    publish(LoansAnonymised(occurred_at=now, before=before, loans=loans, holds=holds))


def forget_in_answers(loans: Sequence[int]) -> None:
    """Names no patron any more in the answers about these loans that are kept for repeated requests."""
    concerned = frozenset(loans)

    def without_patron(found: re.Match[str]) -> str:
        return f'"id":{found[1]},"patron":null' if int(found[1]) in concerned else found[0]

    rewrite_answers("lending", '"patron":', lambda body: OF_A_LOAN.sub(without_patron, body))
