"""`python -m benchmarks.holding`: one sweep of holds of the empty database at `DATABASE_URL` that were not collected,
beside set-based statements that write the same.

`python -m benchmarks.holds` calls it with all it needs.
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
from benchmarks.measured import beside, memory, timed  # noqa: E402
from kernel.eventbus.models import Delivery, Event  # noqa: E402
from lending.models import Act, Hold  # noqa: E402

HANDLERS = ("catalog.handlers.follow_copies", "dashboard.handlers.show_hold", "notices.handlers.follow_hold")
HOLDS_OF_PATRON = 10
STEP = 2**24
OBJECT = {"postgresql": "jsonb_build_object", "sqlite": "json_object"}
UUID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
STORY = {
    "hold": "h.id", "version": "h.version", "patron": "h.patron_id", "book": "h.book_id", "volume": "h.volume",
    "title": "h.title", "status": "h.status", "place": "h.place", "position": "NULL", "placed_at": "h.placed_at",
    "suspended_until": "NULL", "ready_since": "h.ready_since", "pickup_by": "h.pickup_by", "copy": "h.copy_id",
    "barcode": "c.barcode", "shelf": "{object}()", "occurred_at": "h.placed_at",
}  # fmt: skip
ENDED = "lending_hold h JOIN lending_copy c ON c.id = h.copy_id WHERE h.status = 'expired' AND h.ended_at = %(now)s"
READY = "lending_hold h JOIN lending_copy c ON c.id = h.copy_id WHERE h.status = 'ready' AND h.ready_since = %(now)s"
NEXT = """
    SELECT h.copy_id, (
        SELECT next.id FROM lending_hold next WHERE next.book_id = h.book_id AND next.status = 'waiting'
        ORDER BY next.place LIMIT 1
    ) AS next_id
    FROM lending_hold h WHERE h.status = 'expired' AND h.ended_at = %(now)s
"""


def _act(what: str, of: str) -> str:
    return f"""
    INSERT INTO lending_act (what, at, via, reason, patron_id, copy_id)
    SELECT '{what}', %(now)s, 'command', '', h.patron_id, h.copy_id FROM {of} ORDER BY h.id
    """


def _event(name: str, of: str) -> str:
    return f"""
    INSERT INTO eventbus_event (uuid, name, key, occurred_at, payload, correlation_id)
    SELECT {{uuid}}, '{name}', 'hold:' || h.id, %(now)s,
        {{object}}({", ".join(f"'{name}', {value}" for name, value in STORY.items())}), {{uuid}}
    FROM {of} ORDER BY h.id
    """


EXPIRE = (
    """
    UPDATE lending_hold SET status = 'expired', ended_at = %(now)s, version = version + 1
    WHERE status = 'ready' AND pickup_by < %(day)s
    """,
    f"""
    UPDATE lending_hold SET status = 'ready', copy_id = ended.copy_id, ready_since = %(now)s, pickup_by = %(later)s,
        version = version + 1
    FROM ({NEXT}) ended WHERE lending_hold.id = ended.next_id
    """,
    _act("HoldExpired", ENDED),
    _act("HoldReady", READY),
    _event("HoldExpired", ENDED),
    _event("HoldReady", READY),
    f"""
    INSERT INTO eventbus_delivery (event_id, handler, key, status, attempts, error)
    SELECT event.id, who.column1, event.key, 'waiting', 0, '' FROM eventbus_event event,
        (VALUES {", ".join(f"('{handler}')" for handler in HANDLERS)}) who
    WHERE event.name IN ('HoldExpired', 'HoldReady') AND event.occurred_at = %(now)s ORDER BY event.id
    """,
)


def main(wanted: argparse.Namespace) -> None:
    """Fills the database and sweeps twice: half of what was not collected set-based, then the other half for real."""
    call_command("migrate", verbosity=0)
    now = timezone.now()
    today = timezone.localdate(now)
    first, second = today - timedelta(days=9), today - timedelta(days=2)
    _fill(wanted.holds, wanted.expiring, now, (first, second))
    before = memory()
    print(
        f"\n{connection.display_name}: {wanted.holds:,} open holds, {wanted.expiring:,} not collected,"
        f" cores: {os.cpu_count()}, load on them before: {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    floor = timed(lambda: _set_based(now, first + timedelta(days=1), today + timedelta(days=3)))
    assert _written() == [wanted.expiring] * 6, _written()
    know_the_sizes()
    real = timed(lambda: call_command("expire_holds", stdout=sys.stderr))
    assert _written() == [2 * wanted.expiring] * 6, _written()
    print(beside("expire_holds", floor, real), flush=True)
    print(f"peak memory           {memory():6.0f} MB resident ({before:.0f} MB before)", flush=True)


def _written() -> list[int]:
    """How many holds expired and became ready, were kept as acts, and announced to everybody who listens."""
    counts = []
    for status, name in (("expired", "HoldExpired"), ("ready", "HoldReady")):
        changed, events = Hold.objects.filter(status=status, version=2).count(), Event.objects.filter(name=name).count()
        assert Delivery.objects.filter(event__name=name).count() == len(HANDLERS) * events
        counts += [changed, Act.objects.filter(what=name).count(), events]
    return counts


def _set_based(now: datetime, day: date, later: date) -> None:
    vendor = connection.vendor
    with transaction.atomic():
        for statement in EXPIRE:
            filled = statement.replace("{uuid}", UUID[vendor]).replace("{object}", OBJECT[vendor])
            execute(filled, now=now, **({"day": day} if "(day)" in filled else {}), later=later)


def _fill(holds: int, expiring: int, now: datetime, days: tuple[date, date]) -> None:
    """Each book has one copy, on the hold shelf for the first of its queue: of half of them to the first day, of the
    other half to the second."""
    patrons, books = holds // HOLDS_OF_PATRON, 2 * expiring
    each = holds // books
    with transaction.atomic(), indexed_afterwards("lending_hold"):
        people(patrons, now)
        make("lending_book", "id, title, revision, withdrawn", "n, 'The ' || n || '. book 책', 1, false", last=books)
        make("lending_queue", "book_id", "n", last=books)
        make(
            "lending_copy",
            "id, book_id, barcode, type, for_loan, revision, place, withdrawn, moves, waited_for",
            "n, n, 'S' || n, '', true, 1, 'hold_shelf', false, 1, true",
            last=books,
        )
        book, is_ready = "1 + n / %(each)s", "n %% %(each)s = 0"
        make(
            "lending_hold",
            "id, patron_id, book_id, volume, title, status, place, placed_at, cancel_reason, version, copy_id,"
            " ready_since, pickup_by",
            f"1 + n, 1 + n * 7 %% %(patrons)s, {book}, '', 'The ' || ({book}) || '. book 책',"
            f" CASE WHEN {is_ready} THEN 'ready' ELSE 'waiting' END, CAST(n AS bigint) * {STEP}, %(now)s, '', 1,"
            f" CASE WHEN {is_ready} THEN {book} END, CASE WHEN {is_ready} THEN %(now)s END,"
            f" CASE WHEN {is_ready} THEN CASE ({book}) %% 2 WHEN 0 THEN %(early)s ELSE %(late)s END END",
            first=0,
            last=each * books - 1,
            each=each,
            patrons=patrons,
            now=now - timedelta(days=20),
            early=days[0],
            late=days[1],
        )
    go_on_counting("accounts_user", "lending_hold")
    know_the_sizes()


def people(number: int, now: datetime) -> None:
    """So many patrons, known to lending."""
    make(
        "accounts_user",
        "id, card_number, name, email, language, is_staff, is_superuser, is_active, password, registered_at",
        "n, 'S-' || n, 'Patron ' || n, '', 'ko', false, false, true, '!', %(now)s",
        last=number,
        now=now,
    )
    make("lending_patron", "user_id", "n", last=number)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.holding")
    parser.add_argument("--holds", type=int, required=True)
    parser.add_argument("--expiring", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main(_arguments())
