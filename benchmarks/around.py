"""`python -m benchmarks.around`: what else a library has, for the database at `DATABASE_URL` that `building` filled.

Overdue loans, holds, fines with payments, notices, stocktakings, and the statistics of all loans; set-based, in numbers
that follow from the patrons and books that are there.
"""

from datetime import datetime

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.building import COPIES, TITLE, UUIDS, _date, _moment  # noqa: E402
from benchmarks.made import execute, go_on_counting, indexed_afterwards, know_the_sizes, make  # noqa: E402
from kernel.progress import progress_bar  # noqa: E402
from reporting.counting import COUNTED, COUNTED_BY_HOUR, INSERT, INSERT_BY_HOUR  # noqa: E402

KEY = 1_000_000_000
"""Ids of people of the staff begin behind it."""


def main() -> None:
    """Makes everything that is not there yet."""
    now = timezone.now()
    steps = (_overdue, _returned_lately, _people, _holds, _fines, _notices, _stocktakings, _facts, _counts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT max(id) FROM catalog_book), (SELECT count(*) FROM lending_patron)")
        books, patrons = cursor.fetchone()
        cursor.execute("SELECT max(id) FROM lending_loan")
        loans = cursor.fetchone()[0] - patrons
    sizes = {"books": books, "patrons": patrons, "loans": loans}
    with progress_bar("steps", len(steps)) as progress:
        for step in steps:
            step(sizes, now)
            progress(1)
    know_the_sizes()


def _overdue(sizes: dict[str, int], now: datetime) -> None:
    """One open loan of twenty, since up to 90 days."""
    today = timezone.localdate(now)
    for table, key in (("lending_loan", "id"), ("dashboard_loanrow", "loan_id")):
        late, soon = _days("%(today)s", f"- 1 - {key} %% 90"), _days("%(today)s", f"+ {key} %% 14")
        execute(
            f"UPDATE {table} SET due_on = CASE WHEN {key} %% 20 = 0 THEN {late} ELSE {soon} END"
            f" WHERE {key} > %(loans)s",
            today=today,
            **sizes,
        )
    execute("UPDATE lending_loan SET expired_at = borrowed_at WHERE id > %(loans)s AND id %% 20 = 0", **sizes)
    execute("UPDATE catalog_copy SET loan = %(loans)s + id WHERE id <= %(patrons)s", **sizes)


def _returned_lately(sizes: dict[str, int], now: datetime) -> None:
    """The last loans that came back did so in these weeks."""
    moment = _moment("(SELECT max(id) FROM lending_return) - id")
    execute(
        f"UPDATE lending_return SET returned_at = {moment}, returned_on = {_date(moment)} WHERE loan_id > %(first)s",
        now=now,
        first=sizes["loans"] - sizes["patrons"],
    )


def _people(sizes: dict[str, int], now: datetime) -> None:
    make("accounts_category", "code, name_ko, name_en", "'class-' || n, '구분 ' || n, 'Class ' || n", last=5)
    born = _days("%(today)s", "- 365 * (5 + id %% 80)")
    execute(
        f"UPDATE accounts_user SET category_id = 'class-' || (1 + id %% 5), born_on = {born}, phone = '010' ||"
        " (10000000 + id), email = 'p' || id || '@example.org' WHERE id <= %(patrons)s",
        today=timezone.localdate(now),
        **sizes,
    )
    make(
        "accounts_card",
        "person_id, number, given_at, reason",
        "n, 'P-' || n, %(now)s, ''",
        last=sizes["patrons"],
        now=now,
    )


def _holds(sizes: dict[str, int], now: datetime) -> None:
    """Of two hundred patrons 12 wait, 4 may collect, for one a copy is pulled, and one was not there in time; nine of
    ten patrons collected something long ago."""
    last = sizes["patrons"] // 10
    kind = "CASE WHEN n %% 20 < 12 THEN 'waiting' WHEN n %% 20 < 16 THEN 'ready' WHEN n %% 20 = 16 THEN 'expired'"
    kind += " ELSE 'collected' END"
    has_copy, is_over = "n %% 20 >= 12", "n %% 20 >= 16"
    copy, book = f"{sizes['patrons'] * 2} + n", f"1 + ({sizes['patrons'] * 2} + n) %% {sizes['books']}"
    title = f"'The ' || (1 + ({sizes['patrons'] * 2} + n) %% {sizes['books']}) || '. book 책'"
    moment, day = _moment("n"), _days("%(today)s", "+ n %% 5 - 1")
    ready, pickup = f"CASE WHEN {has_copy} THEN {moment} END", f"CASE WHEN {has_copy} THEN {day} END"
    with_copy, ended = f"CASE WHEN {has_copy} THEN {copy} END", f"CASE WHEN {is_over} THEN {moment} END"
    facts = {"last": last, "now": now, "today": timezone.localdate(now), **sizes}
    make(
        "lending_hold",
        "id, patron_id, book_id, volume, title, status, place, placed_at, ready_since, pickup_by, copy_id, ended_at,"
        " cancel_reason, version",
        f"n, 1 + n %% %(patrons)s, {book}, '', {title}, {kind}, n, {moment}, {ready}, {pickup}, {with_copy}, {ended},"
        " '', 1",
        **facts,
    )
    make(
        "dashboard_holdrow",
        "hold_id, patron_id, book_id, volume, title, status, place, placed_at, ready_since, pickup_by, copy_id,"
        " version",
        f"n, 1 + n %% %(patrons)s, {book}, '', {title}, {kind}, n, {moment}, {ready}, {pickup}, {with_copy}, 1",
        **facts,
    )
    make("lending_queue", "book_id", book, **facts)
    first = sizes["patrons"] * 2
    for table, pulled in (("lending_copy", "to_pull"), ("catalog_copy", "shelf")):
        rows = f"id > {first} AND id <= {first + last}"
        execute(f"UPDATE {table} SET place = 'hold_shelf' WHERE {rows} AND (id - {first}) %% 20 BETWEEN 12 AND 15", a=0)
        execute(f"UPDATE {table} SET place = '{pulled}' WHERE {rows} AND (id - {first}) %% 200 = 0", a=0)


def _fines(sizes: dict[str, int], now: datetime) -> None:
    """Four fines of each patron, all but one of twenty paid; a till for each day."""
    last, paid, cashier, days = sizes["patrons"] * 4, "n %% 20 <> 0", KEY, 3_000
    about = {"last": last, "now": now, **sizes}
    moment = _moment("n * 10")
    make("fines_account", "patron_id, version", "n, 4", last=sizes["patrons"])
    day = _days("%(today)s", "- n")
    make("fines_till", "id, cashier_id, day", f"n, {cashier}, {day}", last=days, today=timezone.localdate(now))
    with indexed_afterwards("fines_entry", "fines_fine"):
        make(
            "fines_fine",
            "id, patron_id, kind, loan_id, title, category, copy_type, days_late, amount, charged_at, explanation_en,"
            " explanation_ko, version",
            f"n, 1 + n %% %(patrons)s, 'late', n, {TITLE}, '', '', 3, 500, {moment}, '3 days late', '3일 연체', 1",
            **about,
        )
        columns = "id, patron_id, fine_id, kind, amount, method, till_id, at, reason"
        make("fines_entry", columns, f"n, 1 + n %% %(patrons)s, n, 'charge', 500, '', NULL, {moment}, ''", **about)
        till = f"1 + n %% {days}"
        payment = f"{last} + n, 1 + n %% %(patrons)s, NULL, 'payment', -500, 'cash', {till}, {moment}, ''"
        make("fines_entry", columns, payment, where=paid, **about)
    make("fines_settlement", "fine_id, payment_id, amount", f"n, {last} + n, 500", where=paid, **about)
    execute(
        "INSERT INTO fines_count (till_id, expected, counted, note, at, by_id, reopened_for)"
        " SELECT id, 0, 0, '', %(now)s, cashier_id, '' FROM fines_till WHERE id > 1",
        now=now,
    )
    make(
        "lending_debt",
        "fine, patron_id, loan_id, owed, version",
        f"n, 1 + n %% %(patrons)s, n, CASE WHEN {paid} THEN 0 ELSE 500 END, 2",
        **about,
    )
    make(
        "dashboard_finerow",
        "fine_id, patron_id, kind, loan_id, title, days_late, amount, paid, owed, status, charged_at, explanation_en,"
        " explanation_ko, version",
        f"n, 1 + n %% %(patrons)s, 'late', n, {TITLE}, 3, 500, CASE WHEN {paid} THEN 500 ELSE 0 END,"
        f" CASE WHEN {paid} THEN 0 ELSE 500 END, CASE WHEN {paid} THEN 'paid' ELSE 'outstanding' END, {moment},"
        " '3 days late', '3일 연체', 2",
        **about,
    )
    go_on_counting("fines_entry", "fines_fine", "fines_till", "lending_hold")


def _notices(sizes: dict[str, int], now: datetime) -> None:
    """Five of each patron, sent in the last year but for one of a thousand, which failed."""
    last, moment = sizes["patrons"] * 5, _moment("n")
    status = "CASE WHEN n %% 1000 = 0 THEN 'failed' ELSE 'sent' END"
    make(
        "notices_notice",
        "id, patron_id, kind, channel, title, body, status, day, is_digest, made_at, sent_at, attempts, retry_at,"
        " error, run",
        f"n, 1 + n %% %(patrons)s, 'due_soon', 'email', {TITLE}, 'To be returned soon.', {status}, {_date(moment)},"
        f" false, {moment}, {moment}, 1, {moment}, '', {UUIDS[connection.vendor]}",
        last=last,
        now=now,
        **sizes,
    )
    make(
        "notices_cause",
        "kind, about, patron_id, thing_id, day, waits, due_at, state, notice_id",
        f"'due_soon', 'loan ' || n, 1 + n %% %(patrons)s, n, {_date(moment)}, false, {moment}, 'noticed', n",
        last=last,
        now=now,
        **sizes,
    )
    go_on_counting("notices_notice", "notices_cause")


def _stocktakings(sizes: dict[str, int], now: datetime) -> None:
    """Three of all shelves: one that has only begun, one half done, one that ended."""
    copies, row = sizes["books"] * COPIES, "id, name, status, shelving_marks, rooms, types, first_call_number,"
    row += " last_call_number, states, expected, met, scanned, missing, started_at, ended_at"
    half, lost, then = copies // 2, min(10_000, copies // 2), _moment("60 * 24 * 30")
    ended_one, half_done = ("그제", "ended", copies - lost, lost, "%(now)s"), ("어제", "going_on", half, None, "NULL")
    begun = ("오늘", "going_on", 0, None, "NULL")
    for number, (name, status, met, missing, ended) in enumerate((ended_one, half_done, begun), 1):
        make(
            "catalog_stocktaking",
            row,
            f"{number}, '{name}', '{status}', '[]', '[]', '[]', '', '', '[\"shelf\"]', {copies}, {met}, {met},"
            f" {'NULL' if missing is None else missing}, {'%(now)s' if number == 3 else then}, {ended}",
            last=1,
            now=now,
        )
    columns = "stocktaking_id, copy_id, barcode, key, stretch, at, is_expected, finding, misplaced, shelf_key"
    finding = "CASE WHEN n %% 1000 = 0 THEN 'found' WHEN n %% 1000 = 1 THEN 'on_loan' ELSE '' END"
    misplaced = "CASE WHEN n %% 500 = 2 THEN 'order' ELSE '' END"
    with indexed_afterwards("catalog_scan"):
        values = f"2, n, 'B' || n, '', 'page', {then}, true, {finding}, {misplaced}, ''"
        make("catalog_scan", columns, values, first=copies - half + 1, last=copies, now=now)
        missing = f"1, {half} + n, 'B' || ({half} + n), '', '', {then}, true, 'missing', '', ''"
        make("catalog_scan", columns, missing, last=lost, now=now)
    go_on_counting("catalog_stocktaking", "catalog_scan")


def _facts(sizes: dict[str, int], now: datetime) -> None:
    """As reporting's handlers would have set them."""
    main_class = "CAST((n - 1) * 7 %% 1000 / 100 AS text)"
    with indexed_afterwards("reporting_bookfact", "reporting_copyfact", "reporting_loanfact", "reporting_returnfact"):
        day = _days("%(today)s", "- n %% 3650")
        make(
            "reporting_bookfact",
            "book_id, title, main_class, revision, added_on",
            f"n, {TITLE}, {main_class}, 1, {day}",
            last=sizes["books"],
            today=timezone.localdate(now),
            **sizes,
        )
        make(
            "reporting_copyfact",
            "copy_id, book_id, copy_type, revision, added_on",
            f"n, 1 + n %% %(books)s, CASE n %% 20 WHEN 0 THEN 'reference' ELSE '' END, 1, {day}",
            last=sizes["books"] * COPIES,
            today=timezone.localdate(now),
            **sizes,
        )
        execute(
            "INSERT INTO reporting_loanfact (loan_id, book_id, day, hour, main_class, category, age_group, copy_type,"
            f" copies, version) SELECT id, book_id, {_date('borrowed_at')}, {_hour('borrowed_at')},"
            " CAST(book_id * 7 %% 1000 / 100 AS text),"
            " 'class-' || (1 + patron_id %% 5), CASE patron_id %% 8 WHEN 0 THEN '0' WHEN 1 THEN '6' WHEN 2 THEN '8'"
            " WHEN 3 THEN '14' WHEN 4 THEN '20' WHEN 5 THEN '30' WHEN 6 THEN '40' ELSE '60' END, '', 1, 1"
            " FROM lending_loan WHERE id > 0",
            a=0,
        )
        execute(
            "INSERT INTO reporting_returnfact (return_id, loan_id, day, hour, copies, version)"
            f" SELECT id, loan_id, returned_on, {_hour('returned_at')}, quantity, 2 FROM lending_return WHERE id > 0",
            a=0,
        )
    execute(
        "INSERT INTO reporting_finefact (fine_id, day, amount, version)"
        f" SELECT id, {_date('charged_at')}, amount, 1 FROM fines_fine WHERE id > 0",
        a=0,
    )


def _counts(sizes: dict[str, int], now: datetime) -> None:
    """The same that counting all days comes to."""
    for counted in COUNTED:
        execute(INSERT.format(counted=counted.format(days="IS NOT NULL")), a=0)
    execute(INSERT_BY_HOUR.format(counted=COUNTED_BY_HOUR.format(days="IS NOT NULL")), a=0)
    month = (
        "CAST(date_trunc('month', day) AS date)" if connection.vendor == "postgresql" else "date(day, 'start of month')"
    )
    execute(
        "INSERT INTO reporting_monthcount (what, month, main_class, category, age_group, copy_type, number)"
        f" SELECT what, {month}, main_class, category, age_group, copy_type, SUM(number) FROM reporting_daycount"
        " WHERE id > %(a)s GROUP BY 1, 2, 3, 4, 5, 6",
        a=0,
    )


def _hour(moment: str) -> str:
    """SQL for the two digits of its hour."""
    return f"to_char({moment}, 'HH24')" if connection.vendor == "postgresql" else f"strftime('%%H', {moment})"


def _days(day: str, more: str) -> str:
    """SQL for a day so many days before or behind another."""
    if connection.vendor == "postgresql":
        return f"CAST({day} AS date) + CAST(0 {more} AS int)"
    return f"date({day}, ({more}) || ' days')"


if __name__ == "__main__":
    main()
