"""`python -m benchmarks.sending`: finds, groups and sends notices of the empty database at `DATABASE_URL`, by turns
with set-based statements that write the same rows, and with bare calls of the gateway.

`python -m benchmarks.notices` calls it with all it needs.
"""

import argparse
import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from datetime import time as time_of_day
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.loans import PER_PATRON, day_of_loan  # noqa: E402
from benchmarks.made import execute, go_on_counting, indexed_afterwards, know_the_sizes, make  # noqa: E402
from benchmarks.measured import memory, timed  # noqa: E402
from kernel.outgoing.persistent import PersistentConnections  # noqa: E402
from notices.finding.grouping import make_notices  # noqa: E402
from notices.finding.services import find_causes  # noqa: E402
from notices.models import Cause, Notice, Timing  # noqa: E402
from notices.sending.services import send_due  # noqa: E402

APART, AFTER = timedelta(days=10), timedelta(days=1)
BODY = b"{" + b" " * 300 + b"}"
STATEMENTS = (
    """
    INSERT INTO notices_cause (kind, about, patron_id, thing_id, day, waits, due_at, state)
    SELECT 'overdue', 'overdue:' || loan_id || ':' || due_on || ':0', patron_id, loan_id, due_on, true, %(now)s,
        'waiting'
    FROM notices_loanrow WHERE outstanding > claimed AND due_on = %(day)s ORDER BY loan_id
    """,
    """
    INSERT INTO notices_notice
        (patron_id, is_digest, day, run, made_at, retry_at, kind, channel, title, body, status, attempts, error)
    SELECT DISTINCT patron_id, true, {day}, %(run)s, %(now)s, %(now)s, '', '', '', '', 'waiting', 0, ''
    FROM notices_cause WHERE state = 'waiting' ORDER BY patron_id
    """,
    """
    UPDATE notices_cause SET state = 'noticed', notice_id = notice.id FROM notices_notice notice
    WHERE notice.run = %(run)s AND notices_cause.patron_id = notice.patron_id AND notices_cause.state = 'waiting'
    """,
)


def main(wanted: argparse.Namespace) -> None:
    """Fills the database; then each turn is a day's rows by statements, the next day's for real, and some sending."""
    call_command("migrate", verbosity=0)
    days = [timezone.localdate() - timedelta(days=300) + number * APART for number in range(2 * wanted.turns)]
    _fill(wanted, days)
    sent, before, took = 0, memory(), dict.fromkeys(("set-based", "found and grouped", "bare calls", "sent"), 0.0)
    sizes = f"{wanted.loans:,} open loans, {wanted.concerned:,} concerned on each of {len(days)} days"
    load = f"cores: {os.cpu_count()}, load on them before: {os.getloadavg()[0]:.1f}"
    print(f"\n{connection.display_name}: {sizes}, {load}", flush=True)
    for turn in range(wanted.turns):
        first, second = days[2 * turn : 2 * turn + 2]
        took["set-based"] += timed(lambda day=first: _set_based(day))[0]
        took["found and grouped"] += timed(lambda day=second: _for_real(day))[0]
        assert Cause.objects.filter(state="noticed").count() == wanted.concerned * (2 * turn + 2)
        know_the_sizes()  # as PostgreSQL does by itself some time: then nothing is waiting for it
        with override_settings(DEBUG=True):  # only then a message may go to this machine
            took["bare calls"] += timed(lambda: _bare_calls(wanted.send))[0]
            began = time.perf_counter()
            sent += _send(wanted.send)
            took["sent"] += time.perf_counter() - began
    assert Notice.objects.filter(status="sent").count() == sent
    for name, seconds in took.items():
        print(f"{name:20}  {seconds:6.1f} s", flush=True)
    each, bare = took["sent"] / sent, took["bare calls"] / wanted.send / wanted.turns
    print(f"rows, ratio           {took['found and grouped'] / took['set-based']:6.2f}")
    print(f"sending, ratio        {each / bare:6.2f}  ({1 / each:.1f} notices a second, {1 / bare:.1f} bare calls)")
    print(f"peak memory           {memory():6.0f} MB resident ({before:.0f} MB before)", flush=True)


def _fill(wanted: argparse.Namespace, days: list[date]) -> None:
    """So many loans are due on each day, each of another patron as far as there are some; the others later."""
    patrons, each = wanted.loans // PER_PATRON, wanted.loans // wanted.concerned
    day = day_of_loan(days, each, timezone.localdate() + timedelta(days=90))
    quiet: dict[str, Any] = {"quiet_from": None, "quiet_until": None, "digest_at": time_of_day(0)}
    kinds: dict[str, Any] = {"due_soon_days": None, "overdue_after": AFTER.days, "overdue_every": None}
    Timing.objects.create(valid_from=date(2000, 1, 1), **quiet, **kinds)
    with transaction.atomic(), indexed_afterwards("notices_loanrow"):
        make(
            "accounts_user",
            "id, card_number, name, email, language, is_staff, is_superuser, is_active, password, registered_at,"
            " phone, notices_by_message",
            "n, 'S-' || n, 'Patron ' || n, '', 'ko', false, false, true, '!', %(now)s, '010-1234-5678', true",
            last=patrons,
            now=timezone.now(),
        )
        make(
            "notices_loanrow",
            "loan_id, patron_id, title, outstanding, claimed, due_on, version, changed_at",
            f"n, 1 + n / {each} %% %(patrons)s, 'The ' || n || '. book 책', 1, 0, {day}, 1, %(now)s",
            last=wanted.loans,
            patrons=patrons,
            now=timezone.now(),
        )
    go_on_counting("accounts_user")
    know_the_sizes()


def _set_based(day: date) -> None:
    run, now = uuid.uuid4(), timezone.now()
    is_postgresql = connection.vendor == "postgresql"
    named: Any = run if is_postgresql else run.hex
    said = "%(day)s::date" if is_postgresql else "%(day)s"
    with transaction.atomic():
        for statement in STATEMENTS:
            execute(statement.replace("{day}", said), now=now, day=day, run=named)


def _for_real(day: date) -> None:
    now = timezone.localtime()
    find_causes(as_of=day + AFTER, now=now, progress=lambda rows: None)
    make_notices(day=day, now=now)


def _send(count: int) -> int:
    """About so many; how many."""
    taken: list[int] = []
    done = send_due(clock=timezone.now, should_stop=lambda: sum(taken) >= count, progress=taken.append)
    assert done.keys() == {"sent"}, done
    return done["sent"]


def _bare_calls(count: int) -> None:
    """As many at once as notices are, over connections that are kept as theirs are."""
    with closing(PersistentConnections(settings.NOTICES_GATEWAY_URL)) as connections:

        def call(number: int) -> bool:
            headers = {"Content-Type": "application/json", "webhook-id": str(number)}
            return connections.post(BODY, headers).is_success

        with ThreadPoolExecutor(settings.NOTICES_GATEWAY_AT_ONCE) as threads:
            assert all(threads.map(call, range(count)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sending")
    for name in ("loans", "concerned", "turns", "send"):
        parser.add_argument(f"--{name}", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main(_arguments())
