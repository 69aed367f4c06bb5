"""Many rows of every table that everyday calls read, so that a plan without an index shows."""

from datetime import datetime

from django.db import connection

from benchmarks.made import execute, go_on_counting, make

ROWS = 3_000
MANY = {
    "accounts_user": "id, card_number, name, email, language, is_staff, is_superuser, is_active, password,"
    " registered_at",
    "catalog_book": "id, title, authors, language, revision, match_key, loans_before, publisher, call_number,"
    " description, isbn_addon, volume, series, class_number, class_scheme, subjects, other_isbns, other_titles,"
    " access_points, registered_at, added_by",
    "catalog_copy": "id, book_id, barcode, for_loan, shelving_mark, volume, copy_number, room, items, revision,"
    " added_at, lendable, place, loan, moves, added_by",
    "dashboard_finerow": "fine_id, patron_id, loan_id, title, days_late, amount, paid, owed, status, charged_at,"
    " explanation_en, explanation_ko, version, kind",
    "dashboard_holdrow": "hold_id, patron_id, book_id, volume, title, status, place, placed_at, version",
    "dashboard_loanrow": "loan_id, patron_id, title, status, outstanding, due_on, version",
    "eventbus_event": "uuid, name, key, occurred_at, payload, correlation_id, position",
    "eventbus_delivery": "event_id, handler, key, status, attempts, done_at, error",
    "fines_entry": "id, patron_id, fine_id, kind, amount, method, at, reason",
    "fines_fine": "id, patron_id, kind, loan_id, title, category, copy_type, days_late, amount, charged_at,"
    " explanation_en, explanation_ko, version, settled_version",
    "lending_book": "id, title, revision, withdrawn",
    "lending_copy": "id, book_id, barcode, type, for_loan, revision, place, withdrawn, moves",
    "lending_hold": "id, patron_id, book_id, volume, title, status, place, placed_at, cancel_reason, version",
    "lending_debt": "fine, patron_id, owed, version",
    "lending_loan": "id, patron_id, book_id, title, quantity, status, requested_at, borrowed_at, due_on, expired_at,"
    " renewals, cancel_reason, version",
    "lending_loanline": "loan_id, copy_id, ending",
    "lending_patron": "user_id",
}
MADE = {
    "accounts_user": "n, 'M-' || n, 'Many', '', 'ko', false, false, true, '!', %(then)s",
    "catalog_book": "n, 'Title ' || n, '[]', 'ko', 1, 'title ' || n, 0, '', '', '', '', '', '', '', '', '[]', '[]',"
    " '[]', '[]', %(then)s, CASE WHEN n %% 10 = 0 THEN n END",
    "catalog_copy": "n, n, 'M' || n, true, '', '', '', '', '[]', 1, %(then)s, true, 'shelf', NULL, 0,"
    " CASE WHEN n %% 10 = 0 THEN n END",
    "dashboard_finerow": "n, n, n, 'Title', 1, 500, 500, 0, 'paid', %(then)s, '', '', 1, 'late'",
    "dashboard_holdrow": "n, n, 2010, '', 'Title', 'waiting', n, %(then)s, 1",
    "dashboard_loanrow": "n, n, 'Title', 'returned', 0, %(then)s, 2",
    "eventbus_delivery": "n, 'dashboard.handlers.show_loan', 'loan:' || n, 'done', 1, %(then)s, ''",
    "eventbus_event": "{uuid}, 'BookReturned', 'loan:' || n, %(then)s, '{{}}', {uuid}, 10 + n",
    "fines_entry": "n, n, n, 'charge', 500, '', %(then)s, ''",
    "fines_fine": "n, n, 'late', n, 'Title', '', '', 1, 500, %(then)s, '', '', 2, 2",
    "lending_book": "n, 'Title ' || n, 1, false",
    "lending_copy": "n, n, 'M' || n, '', true, 1, CASE WHEN n %% 10 = 0 THEN 'loan' ELSE 'shelf' END, false, 0",
    "lending_debt": "n, n, 0, 1",
    "lending_hold": "n, n, 2010, '', 'Title', 'waiting', n, %(then)s, '', 1",
    "lending_loan": "n, n, n, 'Title', 1, CASE WHEN n %% 10 = 0 THEN 'active' ELSE 'returned' END, %(then)s, %(then)s,"
    " %(day)s, %(then)s, 0, '', 2",
    "lending_loanline": "n, n, CASE WHEN n %% 10 = 0 THEN '' ELSE 'returned' END",
    "lending_patron": "n",
}
UUIDS = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}


def make_many(then: datetime) -> None:
    """On PostgreSQL each table and its indexes are written anew: what earlier tests left in them until the next vacuum
    has a say in the planner's choice. Nobody else counts them before the test ends, since they are locked until then.
    """
    for table, columns in MANY.items():
        values = MADE[table].replace("{uuid}", UUIDS[connection.vendor]).replace("{{}}", "{}")
        numbered = {"first": 1_001, "last": 1_000 + ROWS}
        if table == "eventbus_delivery":
            first = execute_one("SELECT max(id) FROM eventbus_event") - ROWS
            values, numbered = values.replace("n,", f"{first} + n,", 1), {"first": 1, "last": ROWS}
        make(table, columns, values, **numbered, then=then, day=then.date())
        for part in _parts_of(table) if connection.vendor == "postgresql" else ():
            execute(f"CLUSTER {part} USING {part}_pkey")
    go_on_counting(
        "accounts_user", "lending_loan", "lending_hold", "catalog_book", "catalog_copy", "fines_fine", "fines_entry"
    )


def _parts_of(table: str) -> list[str]:
    """Its partitions; the table itself where it has none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [table])
        return [part for (part,) in cursor.fetchall()] or [table]


def execute_one(sql: str) -> int:
    """The one number that a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
