"""`python -m benchmarks.sweeping`: one sweep of the empty database at `DATABASE_URL`, beside set-based statements.

`python -m benchmarks.sweep` calls it with all it needs.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.made import execute, go_on_counting, know_the_sizes, make  # noqa: E402
from kernel.eventbus.models import Delivery, Event  # noqa: E402
from lending.models import Loan  # noqa: E402

PER_PATRON = 10
HANDLER = "dashboard.handlers.show_loan"
STORY = {
    "'loan'": "l.id",
    "'version'": "l.version",
    "'patron'": "l.patron_id",
    "'book'": "l.book_id",
    "'title'": "l.title",
    "'status'": "l.status",
    "'quantity'": "l.quantity",
    "'outstanding'": "(SELECT count(*) FROM lending_loanline WHERE loan_id = l.id AND ending = '')",
    "'due_on'": "l.due_on",
    "'occurred_at'": "%(now)s",
    "'shelf'": "'{{}}'",
}
MARK = """
    UPDATE lending_loan SET expired_at = %(now)s, version = version + 1
    WHERE status = 'active' AND due_on < %(day)s AND expired_at IS NULL
"""
TELL = f"""
    INSERT INTO eventbus_event (uuid, name, key, occurred_at, payload, correlation_id)
    SELECT {{uuid}}, 'BookExpired', 'loan:' || l.id, %(now)s,
        {{object}}({", ".join(f"{name}, {value}" for name, value in STORY.items())}), {{uuid}}
    FROM lending_loan l WHERE l.status = 'active' AND l.due_on < %(day)s AND l.expired_at = %(now)s
    ORDER BY l.due_on, l.id
"""
OWE = f"""
    INSERT INTO eventbus_delivery (event_id, handler, key, status, attempts, error)
    SELECT id, '{HANDLER}', key, 'waiting', 0, '' FROM eventbus_event
    WHERE name = 'BookExpired' AND occurred_at = %(now)s ORDER BY id
"""
WAYS = {
    "postgresql": {"uuid": "gen_random_uuid()", "object": "jsonb_build_object"},
    "sqlite": {"uuid": "lower(hex(randomblob(16)))", "object": "json_object"},
}


def main(wanted: argparse.Namespace) -> None:
    """Fills the database and sweeps it twice: half of what is overdue set-based, then the other half for real."""
    call_command("migrate", verbosity=0)
    now = timezone.now()
    today = timezone.localdate(now)
    _fill(wanted.loans, wanted.overdue, now, today)
    before = _memory()
    print(
        f"\n{connection.display_name}: {wanted.loans:,} open loans, {wanted.overdue:,} overdue,"
        f" cores: {os.cpu_count()}, load on them before: {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    floor, _ = _timed(lambda: _set_based(now, today - timedelta(days=10)))
    assert _announced() == [wanted.overdue] * 3
    know_the_sizes()
    seconds, own = _timed(lambda: call_command("sweep_overdue", stdout=sys.stderr))
    assert _announced() == [2 * wanted.overdue] * 3
    print(f"set-based statements  {floor:6.1f} s", flush=True)
    print(f"sweep_overdue         {seconds:6.1f} s  ({own:.1f} s of processor time in its own process)")
    print(f"ratio                 {seconds / floor:6.1f}")
    print(f"peak memory           {_memory():6.0f} MB resident ({before:.0f} MB before)", flush=True)


def _set_based(now: datetime, day: date) -> None:
    ways = WAYS[connection.vendor]
    with transaction.atomic():
        for statement in (MARK, TELL.format(**ways), OWE):
            execute(statement, now=now, day=day)


def _fill(loans: int, overdue: int, now: datetime, today: date) -> None:
    """One copy for each loan. So many loans fell overdue long ago, as many again lately, the others are not due."""
    patrons = loans // PER_PATRON
    with transaction.atomic():
        make(
            "accounts_user",
            "id, card_number, name, email, language, is_staff, is_superuser, is_active, password, registered_at",
            "n, 'S-' || n, 'Patron ' || n, '', 'ko', false, false, true, '!', %(now)s",
            last=patrons,
            now=now,
        )
        make("lending_patron", "user_id", "n", last=patrons)
        make("lending_book", "id, title, revision, withdrawn", "n, 'The ' || n || '. book 책', 1, false", last=patrons)
        make(
            "lending_copy",
            "id, book_id, barcode, type, for_loan, revision, place, withdrawn, moves",
            "n, 1 + n %% %(books)s, 'S' || n, '', true, 1, 'loan', false, 1",
            last=loans + overdue,
            books=patrons,
        )
        long_ago, lately = today - timedelta(days=20), today - timedelta(days=5)
        make(
            "lending_loan",
            "id, patron_id, book_id, title, quantity, status, requested_at, borrowed_at, due_on, renewals,"
            " cancel_reason, version",
            "n, 1 + n * 7 %% %(patrons)s, 1 + n %% %(patrons)s, 'The ' || (1 + n %% %(patrons)s) || '. book 책', 1,"
            " 'active', %(now)s, %(now)s,"
            " CASE n %% %(each)s WHEN 0 THEN %(long_ago)s WHEN 1 THEN %(lately)s ELSE %(later)s END, 0, '', 0",
            last=loans + overdue,
            each=(loans + overdue) // overdue,
            patrons=patrons,
            now=now,
            long_ago=long_ago,
            lately=lately,
            later=today + timedelta(days=9),
        )
        make("lending_loanline", "loan_id, copy_id, ending", "n, n, ''", last=loans + overdue)
    go_on_counting("accounts_user", "lending_loan")
    know_the_sizes()


def _announced() -> list[int]:
    """How many loans are marked, told of and owed to the patrons' pages."""
    marked, owed = Loan.objects.exclude(expired_at=None), Delivery.objects.filter(handler=HANDLER)
    return [rows.count() for rows in (marked, Event.objects.filter(name="BookExpired"), owed)]


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - used


def _memory() -> float:
    """The most that this process had resident, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweeping")
    parser.add_argument("--loans", type=int, required=True)
    parser.add_argument("--overdue", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main(_arguments())
