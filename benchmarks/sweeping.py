"""`python -m benchmarks.sweeping`: one sweep of the empty database at `DATABASE_URL`, by turns with set-based
statements that write the same.

`python -m benchmarks.sweep` calls it with all it needs.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.loans import BOOK, PATRON, PER_PATRON, TITLE, day_of_loan, make_loans, moment_of  # noqa: E402
from benchmarks.made import execute, indexed_afterwards, know_the_sizes, make  # noqa: E402
from benchmarks.measured import Taken, beside, in_all, memory, timed  # noqa: E402
from benchmarks.sweep_statements import ANONYMISE, EXPIRE, LOSE, SAID  # noqa: E402
from kernel.eventbus.events import DomainEvent  # noqa: E402
from kernel.eventbus.models import Delivery, Event  # noqa: E402
from kernel.eventbus.publishing.outbox import subscriptions_to  # noqa: E402
from lending.events import BookExpired, CopyLost  # noqa: E402
from lending.models import Loan, LoanLine, Terms  # noqa: E402
from lending.policies.table import policies_now  # noqa: E402
from lending.policy_fields import flattened  # noqa: E402

APART = timedelta(days=5)
"""So many days lie between two turns."""
LOST_AFTER, KEPT = 30, 367


class Sweep(NamedTuple):
    """Its statements, the days from a due date to the day of the sweep, what it announces of each, and what it did."""

    statements: Sequence[str]
    after: int
    event: type[DomainEvent] | None
    done: Callable[[], int]


SWEEPS = {
    "sweep_overdue": Sweep(EXPIRE, 1, BookExpired, lambda: Loan.objects.exclude(expired_at=None).count()),
    "mark_lost": Sweep(LOSE, LOST_AFTER, CopyLost, lambda: LoanLine.objects.filter(ending="lost").count()),
    "anonymise_loans": Sweep(ANONYMISE, KEPT, None, lambda: Loan.objects.filter(patron=None).count()),
}


def main(wanted: argparse.Namespace) -> None:
    """Fills the database; then each turn is a day's loans by statements, and the next day's for real."""
    call_command("migrate", verbosity=0)
    now, sweep, each = timezone.now(), SWEEPS[wanted.sweep], wanted.concerned // wanted.turns
    days = [timezone.localdate(now) - timedelta(days=900) + number * APART for number in range(2 * wanted.turns)]
    _fill(wanted, days, each, now)
    before, floor, real = memory(), list[Taken](), list[Taken]()
    sizes = f"{wanted.loans:,} loans and {2 * wanted.concerned:,} concerned"
    load = f"cores: {os.cpu_count()}, load on them before: {os.getloadavg()[0]:.1f}"
    print(f"\n{connection.display_name}: {sizes}, {load}", flush=True)
    for turn in range(wanted.turns):
        first, second = days[2 * turn : 2 * turn + 2]
        floor.append(timed(lambda day=first: _set_based(sweep, day)))
        assert _done(sweep) == each * (2 * turn + 1), _done(sweep)
        as_of = str(second + timedelta(days=sweep.after))
        real.append(timed(lambda day=as_of: call_command(wanted.sweep, "--as-of", day, stdout=sys.stderr)))
        assert _done(sweep) == each * (2 * turn + 2), _done(sweep)
    print(beside(wanted.sweep, in_all(floor), in_all(real)), flush=True)
    print(f"peak memory           {memory():6.0f} MB resident ({before:.0f} MB before)", flush=True)


def _set_based(sweep: Sweep, day: date) -> None:
    handlers = subscriptions_to([sweep.event]) if sweep.event else []
    said = {**SAID[connection.vendor], "handlers": ", ".join(f"('{handler}')" for _event, handler in handlers)}
    now = timezone.now()
    with transaction.atomic():
        for statement in sweep.statements:
            for name, words in said.items():
                statement = statement.replace(f"{{{name}}}", words)
            execute(statement, now=now, day=day)


def _fill(wanted: argparse.Namespace, days: Sequence[date], each: int, now: datetime) -> None:
    """So many loans of each day; the others are not due, or came back today."""
    count, closed = wanted.loans + 2 * wanted.concerned, wanted.sweep == "anonymise_loans"
    others = timezone.localdate(now) + timedelta(days=0 if closed else 9)
    day = day_of_loan(days, count // each, others)
    make_loans(count, day, now, is_open=not closed, terms=_terms(now).pk)
    if closed:
        _make_past(count, day)
    know_the_sizes()


def _make_past(count: int, day: str) -> None:
    """The return of each loan, and two events."""
    moment, many = moment_of(day), {"last": count, "patrons": count // PER_PATRON}
    uuid, made = SAID[connection.vendor]["uuid"], SAID[connection.vendor]["object"]
    with transaction.atomic(), indexed_afterwards("lending_return", "eventbus_event"):
        make(
            "lending_return",
            "loan_id, patron_id, requested_by, quantity, returned_at, returned_on, days_late, days_counted,"
            " late_as, suspension_days, version, restriction",
            f"n, {PATRON}, {PATRON}, 1, {moment}, {day}, 0, 0, 'fine', 0, 1, 0",
            **many,
        )
        for name in ("BookBorrowed", "BookReturned"):
            make(
                "eventbus_event",
                'uuid, name, key, occurred_at, payload, correlation_id, "by", via, reason',
                f"{uuid}, '{name}', 'loan:' || n, {moment}, {made}('loan', n, 'version', 1, 'patron', {PATRON},"
                f" 'book', {BOOK}, 'title', {TITLE}, 'status', 'active', 'quantity', 1, 'outstanding', 1),"
                f" {uuid}, {PATRON}, 'api', ''",
                **many,
            )


def _terms(now: datetime) -> Terms:
    values = flattened(policies_now().deciding("", "", timezone.localdate(now)).rules.nested())
    return Terms.objects.create(digest="made", category="", values={**values, "late.lost_after_days": LOST_AFTER})


def _done(sweep: Sweep) -> int:
    """How many it did; each was announced once, to everybody."""
    done = sweep.done()
    if sweep.event:
        events = Event.objects.filter(name=sweep.event.__name__)
        handlers = len(subscriptions_to([sweep.event]))
        assert (events.count(), Delivery.objects.count()) == (done, done * handlers)
    else:
        assert Event.objects.filter(name="BookReturned", payload__patron=None).count() == done
    return done


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweeping")
    parser.add_argument("sweep", choices=SWEEPS)
    for name in ("loans", "concerned", "turns"):
        parser.add_argument(f"--{name}", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main(_arguments())
