"""Whether the work behind the doors is done: the queue, the worker, the deliveries, the pages."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.core.checks import CheckMessage, Error, Warning
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import Schedule

from catalog.search.condition import condition
from kernel.command_line import counted
from kernel.eventbus.delivery.queries import pending_deliveries, pending_deliveries_by_handler
from kernel.storage.broker import broker_faults
from kernel.storage.databases import OUT_OF_REACH
from lending.queries import accepted_before, failed_attempts
from library.operations.drift import drift
from library.operations.set_up import SCHEDULES
from library.operations.worker.signs import a_worker_runs, last_sign
from webhooks.models import Endpoint

LATE = timedelta(minutes=1)
"""What waits longer than this waits for somebody: it takes some hundredths of a second where all is well."""
MISSED = timedelta(minutes=3)
"""The clock's tasks are looked for twice in a minute; the shortest comes each minute."""
SHOWN = 3
DELIVERIES = ("delivery", "deliveries")
START_ONE = "Start one: make run has a worker; elsewhere it is the Procfile's line `worker`."


def broker_answers(now: datetime) -> Iterator[CheckMessage]:
    """Workers can be woken."""
    try:
        there = bool(get_broker().ping())
    except broker_faults(*OUT_OF_REACH):
        there = False
    if not there:
        yield Error(
            "The task queue's broker does not answer: pages are up to a minute late.",
            hint="Start Redis, or correct REDIS_URL.",
        )


def somebody_works(now: datetime) -> Iterator[CheckMessage]:
    """A worker runs, the clock's tasks are there, and it does them: also where nothing happens in the library."""
    next_runs = dict(Schedule.objects.filter(name__in=SCHEDULES).values_list("name", "next_run"))
    if missing := sorted(set(SCHEDULES) - set(next_runs)):
        yield Error(f"The clock's tasks are missing: {', '.join(missing)}.", hint="Run ./manage.py migrate.")
    if not a_worker_runs():
        seen = last_sign()
        yield Error(
            f"No worker runs: the last sign of one was at {_local_time(seen)}."
            if seen
            else "No worker has run here yet.",
            hint=START_ONE,
        )
        return
    late = {name: run for name, run in next_runs.items() if run and now - run > MISSED}
    if late:
        name = min(late, key=lambda name: late[name])
        yield Error(
            f"No worker looks after the clock's tasks: '{name}' has been due since {_local_time(late[name])}.",
            hint="Read the worker's log; start another.",
        )


def deliveries_arrive(now: datetime) -> Iterator[CheckMessage]:
    """Every event reaches every handler soon."""
    for owed in pending_deliveries_by_handler():
        if owed.dead:
            yield Error(
                f"{counted(owed.dead, *DELIVERIES)} to {owed.handler} given up:"
                f" {owed.last_error or 'no reason was kept'}",
                hint="Mend the cause, then requeue them in the admin under Deliveries.",
            )
        if owed.oldest and now - owed.oldest > LATE:
            yield Error(
                f"{counted(owed.waiting, *DELIVERIES)} to {owed.handler} waiting, the oldest since"
                f" {_local_time(owed.oldest)}.",
                hint="Look in the worker's log for what it says of them.",
            )


def nobody_is_forgotten(now: datetime) -> Iterator[CheckMessage]:
    """What was accepted for later under overload is done soon after."""
    if failed := failed_attempts().count():
        yield Error(
            f"{counted(failed, 'loan or return', 'loans and returns')} accepted for later could not be done:"
            f" {failed_attempts()[0].reason}",
            hint="Read their errors in the admin under Failed attempts; they are tried again by themselves.",
        )
    for what, (count, since) in accepted_before(now - LATE).items():
        if count:
            yield Error(
                f"{counted(count, what, f'{what}s')} accepted for later and waiting, the oldest since"
                f" {_local_time(since)}.",
                hint="Look whether a worker runs, and in its log for what it says of them.",
            )


def webhooks_are_heard(now: datetime) -> Iterator[CheckMessage]:
    """Other people's programs answer. One that staff have paused is asked nothing, whatever it answered before."""
    for endpoint in Endpoint.objects.exclude(active=True, failures=0).order_by("pk"):
        if endpoint.active:
            state = f"has failed {counted(endpoint.failures, 'time', 'times')} in a row."
        elif endpoint.disabled_at:
            state = f"was switched off. {endpoint.why_disabled}"
        else:
            yield Warning(f"The webhook {endpoint.url} is paused.", hint="Resume it in the admin under Webhooks.")
            continue
        yield Warning(
            f"The webhook {endpoint.url} {state}".strip(),
            hint="Tell its owner; resume it in the admin under Webhooks, or pause it there if it is gone for good.",
        )


def books_are_found(now: datetime) -> Iterator[CheckMessage]:
    """This machine's search index answers, and knows what is in the catalogue."""
    found = condition()
    if not found.answers:
        yield Warning(
            f"This machine has no search index in {found.folder}: only ISBNs and beginnings of titles are found.",
            hint="A web process builds it within minutes. If one runs here, see that it can write to SEARCH_DIR.",
        )
    elif found.lag > LATE.total_seconds():
        yield Error(
            f"The search index is {found.lag} s behind the catalogue.",
            hint="Look in the web process's log for what it says of the search index, then ./manage.py rebuild_search.",
        )


def pages_are_right(now: datetime) -> Iterator[CheckMessage]:
    """The patrons' pages agree with lending and fines. What is on its way is no fault."""
    differing = list(islice(drift(), SHOWN + 1))
    if not differing:
        return
    shown = "; ".join(differing[:SHOWN]) + ("; …" if len(differing) > SHOWN else "")
    if pending_deliveries()["waiting"]:
        yield Warning(f"Pages differ while deliveries are on their way: {shown}", hint="Run this again in a minute.")
    else:
        yield Error(f"Pages differ from what is on record: {shown}", hint="Run ./manage.py replay dashboard.")


def _local_time(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(" ", "seconds") if moment else "long ago"
