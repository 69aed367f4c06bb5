"""The floor under a borrow: the statements that write its rows, without HTTP, Django or anything else around them."""

import os
import re
import sqlite3
import subprocess
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from benchmarks.made import know_the_sizes, make
from benchmarks.table import percentile
from tests.servers import postgres_binaries

SCRIPT = Path(__file__).with_name("floor.sql")
FIRST, BOOKS, COPIES = 10_000_001, 20_000, 20
"""Books of the floor's own, with so many copies that none ever runs out."""
PATRONS = 10_000
CLIENTS = {"postgresql": (4, 8, 16, 32), "sqlite": (1, 2, 4)}
TRY = 2.0


@dataclass(frozen=True)
class Floor:
    """What so many clients reached: borrows in a second, and the seconds that each took."""

    clients: int
    rate: float
    taken: list[float]

    def __str__(self) -> str:
        p50, p99 = (f"{1000 * percentile(self.taken, part):,.1f}" for part in (0.50, 0.99))
        return f"{self.rate:,.0f}/s with {self.clients} clients, p50 {p50} ms, p99 {p99} ms"


def fill_floor() -> None:
    """Makes the floor's own books, copies and accounts, beside whatever is there."""
    last = FIRST + BOOKS - 1
    make("lending_book", "id, title, revision, withdrawn", "n, 'Floor ' || n, 1, false", first=FIRST, last=last)
    make(
        "lending_copy",
        "id, book_id, barcode, type, for_loan, revision, place, withdrawn, moves",
        f"n, {FIRST} + n %% {BOOKS}, 'F' || n, '', true, 1, 'shelf', false, 0",
        first=FIRST,
        last=FIRST + BOOKS * COPIES - 1,
    )
    make(
        "accounts_user",
        "id, card_number, name, email, language, is_staff, is_superuser, is_active, password, registered_at",
        "n, 'F-' || n, 'Floor', '', 'en', false, false, true, '!', %(now)s",
        first=FIRST,
        last=FIRST + PATRONS - 1,
        now=datetime.now(UTC),
    )
    make("lending_patron", "user_id", "n", first=FIRST, last=FIRST + PATRONS - 1)
    know_the_sizes()


def best_floor(vendor: str, url: str, seconds: float) -> Floor:
    """The most borrows in a second, at the number of clients that is best here."""
    borrow = {"postgresql": _pgbench, "sqlite": _loops}[vendor]
    tried = [borrow(url, clients, TRY) for clients in CLIENTS[vendor]]
    return borrow(url, max(tried, key=lambda floor: floor.rate).clients, seconds)


def _pgbench(url: str, clients: int, seconds: float) -> Floor:
    log = Path(os.environ["TMPDIR"]) / "pgbench"
    limits = {
        "first_patron": FIRST,
        "last_patron": FIRST + PATRONS - 1,
        "first_book": FIRST,
        "last_book": FIRST + BOOKS - 1,
    }
    command = [str(postgres_binaries(log.parent) / "pgbench"), f"--client={clients}", "--jobs=1", "--protocol=prepared"]
    command += ["--no-vacuum", f"--file={SCRIPT}", f"--time={max(1, round(seconds))}", "--log", f"--log-prefix={log}"]
    command += [f"--define={name}={value}" for name, value in limits.items()]
    ended = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    taken = [int(line.split()[2]) / 1e6 for path in log.parent.glob("pgbench.*") for line in path.open()]
    for path in log.parent.glob("pgbench.*"):
        path.unlink()
    return Floor(clients, float(re.search(r"tps = ([\d.]+) \(without", ended.stdout)[1]), taken)


def _loops(url: str, clients: int, seconds: float) -> Floor:
    began = time.monotonic() + 0.5
    with ProcessPoolExecutor(clients) as pool:
        path = urlsplit(url).path[1:]
        running = [pool.submit(_loop, path, seed, began, seconds) for seed in range(clients)]
        taken = [one for each in running for one in each.result()]
    return Floor(clients, len(taken) / seconds, taken)


def _loop(path: str, seed: int, began: float, seconds: float) -> list[float]:
    """Borrows until the time is over, and answers how long each one took."""
    luck, taken = Random(seed), []
    database = sqlite3.connect(path, timeout=30, isolation_level=None)
    database.execute("PRAGMA synchronous = NORMAL")
    time.sleep(max(0, began - time.monotonic()))
    while time.monotonic() < began + seconds:
        started = time.perf_counter()
        _borrow(database.execute, FIRST + luck.randrange(PATRONS), FIRST + luck.randrange(BOOKS))
        taken.append(time.perf_counter() - started)
    return taken


def _borrow(run, patron: int, book: int) -> None:
    now = datetime.now(UTC)
    moment, due_on = now.strftime("%Y-%m-%d %H:%M:%S.%f"), (now + timedelta(days=14)).date().isoformat()
    run("BEGIN IMMEDIATE")
    run("SELECT user_id FROM lending_patron WHERE user_id = ?", (patron,)).fetchone()
    run(STANDING, (patron, patron, patron)).fetchone()
    copy = run(FREE_COPY, (book,)).fetchone()[0]
    run("UPDATE lending_copy SET place = 'loan', moves = moves + 1 WHERE id = ?", (copy,))
    loan = run(LOAN, (patron, book, moment, moment, due_on)).lastrowid
    run("INSERT INTO lending_loanline (loan_id, copy_id, ending) VALUES (?, ?, '')", (loan, copy))
    ids = uuid.uuid4().hex, uuid.uuid4().hex
    event = run(EVENT, (ids[0], f"loan:{loan}", moment, patron, book, loan, due_on, moment, ids[1])).lastrowid
    run(DELIVERIES, (event, f"loan:{loan}", event, f"loan:{loan}"))
    run("COMMIT")


STANDING = """
    SELECT (SELECT coalesce(sum(owed), 0) FROM lending_debt WHERE patron_id = ? AND owed > 0),
        (SELECT count(*) FROM lending_loanline l JOIN lending_loan o ON o.id = l.loan_id
            WHERE o.patron_id = ? AND o.status = 'active' AND coalesce(l.ending, '') = ''),
        (SELECT coalesce(sum(quantity), 0) FROM lending_loan WHERE patron_id = ? AND status = 'requested')
"""
FREE_COPY = """
    SELECT id FROM lending_copy
    WHERE book_id = ? AND place = 'shelf' AND condition = 'ok' AND NOT withdrawn AND for_loan ORDER BY id LIMIT 1
"""
LOAN = """
    INSERT INTO lending_loan (patron_id, book_id, title, quantity, status, requested_at, borrowed_at, due_on, renewals,
        cancel_reason, version)
    VALUES (?, ?, 'A title of its own', 1, 'active', ?, ?, ?, 0, '', 1)
"""
EVENT = """
    INSERT INTO eventbus_event (uuid, name, key, occurred_at, payload, correlation_id)
    VALUES (?, 'BookBorrowed', ?, ?, json_object('version', 1, 'patron', ?, 'book', ?, 'title', 'A title of its own',
        'status', 'active', 'quantity', 1, 'outstanding', 1, 'loan', ?, 'due_on', ?, 'occurred_at', ?), ?)
"""
DELIVERIES = """
    INSERT INTO eventbus_delivery (event_id, handler, key, status, attempts, error) VALUES
        (?, 'catalog.handlers.follow_copies', ?, 'waiting', 0, ''),
        (?, 'dashboard.handlers.show_loan', ?, 'waiting', 0, '')
"""
