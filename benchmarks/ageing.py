"""`python -m benchmarks.ageing`: one sweep over old loans of the empty database at `DATABASE_URL`, beside set-based
statements that write the same: `anonymise_loans`, or `mark_lost`.

`python -m benchmarks.age` calls it with all it needs.
"""

import argparse
import os
import sys
from datetime import date, datetime, timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.made import execute, go_on_counting, indexed_afterwards, know_the_sizes, make  # noqa: E402
from benchmarks.sweeping import _memory, _timed  # noqa: E402
from kernel.eventbus.models import Event  # noqa: E402
from lending.models import Loan, LoanLine, Terms  # noqa: E402
from lending.policies.table import policies_now  # noqa: E402
from lending.policy_fields import flattened  # noqa: E402

PER_PATRON = 10
LOST_AFTER = 30
OBJECT = {"postgresql": "jsonb_build_object", "sqlite": "json_object"}
UUID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
NULLED = {
    "postgresql": """payload || '{"patron": null}'""",
    "sqlite": "json_set(payload, '$.patron', NULL)",
}
OLD = "SELECT id FROM lending_loan WHERE status = 'returned' AND returned_at < %(day)s AND patron_id IS NOT NULL"
ANONYMISE = (
    f"""
    UPDATE eventbus_event SET payload = {{nulled}}, "by" = NULL, reason = ''
    WHERE key IN (SELECT 'loan:' || old.id FROM ({OLD}) old)
    """,
    f"UPDATE lending_return SET patron_id = NULL, requested_by = NULL, requested_because = '' WHERE loan_id IN ({OLD})",
    f"""
    UPDATE lending_loan SET patron_id = NULL, requested_by = NULL, requested_because = '' WHERE id IN ({OLD})
    """,
)
LOST = "SELECT id FROM lending_loan WHERE status = 'active' AND due_on = %(day)s"
STORY = {
    "copy": "c.id", "book": "c.book_id", "title": "l.title", "copy_type": "c.type", "price": "c.price",
    "shelf": "{object}(CAST(c.id AS text), {object}('move', c.moves, 'lendable', false, 'where', NULL))",
    "loan": "l.id", "patron": "l.patron_id", "category": "''", "version": "l.version", "status": "l.status",
    "quantity": "l.quantity", "outstanding": "0", "due_on": "l.due_on", "terms": "l.terms_id", "lost_on": "%(day)s",
    "days_late": "30", "days_counted": "30", "late_as": "'fine'", "occurred_at": "%(now)s",
}  # fmt: skip
LOSE = (
    f"UPDATE lending_loanline SET ending = 'lost', ended_at = %(now)s, lost_on = %(day)s WHERE loan_id IN ({LOST})",
    f"""
    UPDATE lending_copy SET place = '', condition = 'lost', moves = moves + 1
    WHERE id IN (SELECT copy_id FROM lending_loanline WHERE loan_id IN ({LOST}))
    """,
    f"""
    INSERT INTO lending_act (what, at, via, reason, patron_id, loan_id, copy_id)
    SELECT 'CopyLost', %(now)s, 'command', '', l.patron_id, l.id, line.copy_id
    FROM lending_loan l JOIN lending_loanline line ON line.loan_id = l.id WHERE l.id IN ({LOST})
    """,
    f"""
    INSERT INTO eventbus_event (uuid, name, key, occurred_at, payload, correlation_id)
    SELECT {{uuid}}, 'CopyLost', 'copy:' || c.id, %(now)s,
        {{object}}({", ".join(f"'{name}', {value}" for name, value in STORY.items())}), {{uuid}}
    FROM lending_loan l JOIN lending_loanline line ON line.loan_id = l.id JOIN lending_copy c ON c.id = line.copy_id
    WHERE l.id IN ({LOST}) ORDER BY c.id
    """,
    """
    INSERT INTO eventbus_delivery (event_id, handler, key, status, attempts, error)
    SELECT event.id, who.column1, event.key, 'waiting', 0, '' FROM eventbus_event event, (
        VALUES ('catalog.handlers.follow_copies'), ('fines.handlers.charge_lost_copy'), ('dashboard.handlers.show_loan')
    ) who WHERE event.name = 'CopyLost' AND event.occurred_at = %(now)s ORDER BY event.id
    """,
    f"""
    UPDATE lending_loan SET version = version + 1, status = 'returned', returned_at = %(now)s WHERE id IN ({LOST})
    """,
)


def main(wanted: argparse.Namespace) -> None:
    """Fills the database and sweeps twice: one half of what is old set-based, then the other half for real."""
    call_command("migrate", verbosity=0)
    now = timezone.now()
    first, second = timezone.localdate(now) - timedelta(days=900), timezone.localdate(now) - timedelta(days=700)
    lost = wanted.sweep == "mark_lost"
    _fill(wanted.loans, wanted.old, now, (first, second), lost=lost)
    before, count = _memory(), _lost if lost else _anonymised
    print(
        f"\n{connection.display_name}: {wanted.loans:,} loans, {wanted.old:,} old,"
        f" cores: {os.cpu_count()}, load on them before: {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    floor, its_own = _timed(lambda: _set_based(LOSE if lost else ANONYMISE, now, first if lost else second))
    assert count() == wanted.old, count()
    know_the_sizes()
    seconds, own = _timed(lambda: call_command(wanted.sweep, stdout=sys.stderr))
    assert count() == 2 * wanted.old, count()
    print(f"set-based statements  {floor:6.1f} s  ({its_own:.1f} s)", flush=True)
    print(f"{wanted.sweep:20}  {seconds:6.1f} s  ({own:.1f} s of processor time in its own process)")
    print(f"ratio                 {seconds / floor:6.1f}")
    print(f"peak memory           {_memory():6.0f} MB resident ({before:.0f} MB before)", flush=True)


def _set_based(statements: tuple[str, ...], now: datetime, day: date) -> None:
    vendor = connection.vendor
    ways = {"object": OBJECT[vendor], "uuid": UUID[vendor]}
    with transaction.atomic():
        for statement in statements:
            filled = statement.replace("{nulled}", NULLED[vendor])
            for name, way in ways.items():
                filled = filled.replace(f"{{{name}}}", way)
            execute(filled, now=now, day=day)


def _fill(loans: int, old: int, now: datetime, days: tuple[date, date], *, lost: bool) -> None:
    """One copy for each loan. So many loans are of the first day, as many of the second, the others of today."""
    patrons, all_of_them = loans // PER_PATRON, loans + old
    first, second = days
    each = {"each": all_of_them // old, "early": first, "later": second, "today": timezone.localdate(now)}
    day = "CASE n %% %(each)s WHEN 0 THEN %(early)s WHEN 1 THEN %(later)s ELSE %(today)s END"
    moment = f"CAST({day} AS {'timestamptz' if connection.vendor == 'postgresql' else 'text'})"
    ended = ("returned", f"{moment}") if not lost else ("active", "NULL")
    terms = _terms(now).pk
    patron, book = "1 + n * 7 %% %(patrons)s", "1 + n %% %(patrons)s"
    with (
        transaction.atomic(),
        indexed_afterwards("lending_loan", "lending_return", "lending_loanline", "eventbus_event"),
    ):
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
            f"n, 1 + n %% %(books)s, 'S' || n, '', true, 1, '{'loan' if lost else 'shelf'}', false, 1",
            last=all_of_them,
            books=patrons,
        )
        make(
            "lending_loan",
            "id, patron_id, requested_by, book_id, title, quantity, status, requested_at, borrowed_at, due_on,"
            " returned_at, renewals, cancel_reason, version, terms_id",
            f"n, {patron}, {patron}, {book}, 'The ' || n || '. book 책', 1, '{ended[0]}', {moment}, {moment}, {day},"
            f" {ended[1]}, 0, '', 1, {terms}",
            last=all_of_them,
            patrons=patrons,
            **each,
        )
        make(
            "lending_loanline",
            "loan_id, copy_id, ending",
            f"n, n, '{'' if lost else 'returned'}'",
            last=all_of_them,
        )
        if not lost:
            make(
                "lending_return",
                "loan_id, patron_id, requested_by, quantity, returned_at, returned_on, days_late, days_counted,"
                " late_as, suspension_days, version, restriction",
                f"n, {patron}, {patron}, 1, {moment}, {day}, 0, 0, 'fine', 0, 1, 0",
                last=all_of_them,
                patrons=patrons,
                **each,
            )
        for name in () if lost else ("BookBorrowed", "BookReturned"):
            make(
                "eventbus_event",
                'uuid, name, key, occurred_at, payload, correlation_id, "by", via, reason',
                f"{UUID[connection.vendor]}, '{name}', 'loan:' || n, {moment}, {OBJECT[connection.vendor]}('loan', n,"
                f" 'version', 1, 'patron', {patron}, 'book', {book}, 'title', 'The ' || n || '. book 책', 'status',"
                f" 'active', 'quantity', 1, 'outstanding', 1), {UUID[connection.vendor]}, {patron}, 'api', ''",
                last=all_of_them,
                patrons=patrons,
                **each,
            )
    go_on_counting("accounts_user", "lending_loan")
    know_the_sizes()


def _terms(now: datetime) -> Terms:
    values = flattened(policies_now().deciding("", "", timezone.localdate(now)).rules.nested())
    return Terms.objects.create(digest="made", category="", values={**values, "late.lost_after_days": LOST_AFTER})


def _anonymised() -> int:
    told = Event.objects.filter(name="BookReturned", payload__patron=None).count()
    assert told == Loan.objects.filter(patron=None).count()
    return told


def _lost() -> int:
    told = Event.objects.filter(name="CopyLost").count()
    assert told == LoanLine.objects.filter(ending="lost").count()
    return told


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ageing")
    parser.add_argument("sweep", choices=("anonymise_loans", "mark_lost"))
    parser.add_argument("--loans", type=int, required=True)
    parser.add_argument("--old", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main(_arguments())
