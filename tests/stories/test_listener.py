"""A program of another team, in another language, follows the event log; killed at any point it counts right."""

import json
import os
import random
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.services import make_listener
from kernel.eventbus.models import ClosedMonth
from kernel.eventbus.months.numbers import FIRST
from kernel.eventbus.stream.log import end_of_log
from lending.models import Loan
from library.settings import BASE_DIR
from tests.bus import Bus
from tests.people import a_librarian, a_patron
from tests.processes import until, web
from tests.servers import free_port

LISTENER = BASE_DIR / "examples" / "listener" / "loans-per-book.mjs"
KILLS = 2
LIMIT = 60
pytestmark = [
    pytest.mark.skipif(not shutil.which("node"), reason="the example listener runs on node, which is not installed"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.once,
]


@contextmanager
def listening(port: int, token: str, file: Path, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """The example listener, killed at the end of the block if it has not ended by then."""
    there = {**os.environ, "LIBRARY_URL": f"http://127.0.0.1:{port}", "LIBRARY_TOKEN": token}
    node = subprocess.Popen(["node", str(LISTENER), str(file)], env=there, text=True, **options)
    try:
        yield node
    finally:
        node.kill()
        node.wait()


def counts(file: Path) -> Counter[int]:
    """What the listener has kept."""
    kept = json.loads(file.read_text())["loans"] if file.exists() else {}
    return Counter({int(book): count for book, count in kept.items()})


def lent() -> Counter[int]:
    """The loans per book in the database."""
    return Counter(Loan.objects.values_list("book_id", flat=True))


@pytest.fixture
def token() -> str:
    """What the listener reads the log with."""
    return make_listener(name="loan-counter", now=timezone.now(), days=1)


def test_killed_again_and_again_it_counts_every_loan_once(token: str, tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice, desk = random.Random(seed), Desk()
    port, file = free_port(), tmp_path / "loans.json"

    for _ in range(KILLS):
        with web(port), listening(port, token, file):
            before = counts(file).total()
            until(lambda before=before: desk.lends(dice) and counts(file).total() > before)
            for _ in range(dice.randrange(5)):
                desk.lends(dice)
    with listening(port, token, file):
        desk.lends(dice)
        with web(port):
            until(lambda: counts(file) == lent())
        with web(port):
            desk.lends(dice)
            until(lambda: counts(file) == lent())
    assert len(lent()) > 1


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_it_is_told_to(token: str, tmp_path: Path, told: int) -> None:
    port, desk, file = free_port(), Desk(), tmp_path / "loans.json"
    with web(port), listening(port, token, file) as node:
        until(lambda: desk.lends(random) and counts(file).total() > 0)
        node.send_signal(told)
        assert node.wait(10) == 0
        assert counts(file) <= lent()


def test_with_a_refused_token_it_says_so_and_asks_again_later(tmp_path: Path) -> None:
    port, file = free_port(), tmp_path / "loans.json"
    with web(port):
        until(lambda: _answers(port))
        with listening(port, "wrong", file, stderr=subprocess.PIPE) as node:
            assert "the token is refused (401); again in" in node.stderr.readline()
            assert node.poll() is None
            node.terminate()
            node.communicate(timeout=10)
            assert node.returncode == 0
    assert not file.exists()


def test_where_months_were_closed_it_says_so_and_goes_on_with_what_is_kept(token: str, tmp_path: Path) -> None:
    port, desk, file = free_port(), Desk(), tmp_path / "loans.json"
    file.write_text(json.dumps({"position": 1, "loans": {"99": 3}}))
    desk.lends(random)
    end, now = end_of_log(), timezone.now()
    ClosedMonth.objects.create(month=FIRST - 1, position=end, events=end, closed_at=now, removed_at=now)
    missed = lent()
    with web(port):
        until(lambda: _answers(port))
        with listening(port, token, file, stderr=subprocess.PIPE) as node:
            assert f"what happened up to position {end} is not kept any more" in node.stderr.readline()
            desk.lends(random)
            until(lambda: counts(file) == Counter({99: 3}) + lent() - missed)
            node.terminate()
            node.communicate(timeout=10)


class Desk:
    """A librarian who lends one of two books and takes it back."""

    def __init__(self) -> None:
        self.librarian, self.patron = a_librarian(), a_patron()
        titles = [{"title": title, "copies": 2} for title in ("소나기", "Frankenstein")]
        self.books = [self.librarian.post("books", title).json()["id"] for title in titles]
        Bus().settle()

    def lends(self, dice: Any) -> bool:
        """One loan more."""
        loan = {"patron": self.patron.id, "book": dice.choice(self.books)}
        lent = self.librarian.post("loans", loan)
        assert lent.status_code == 201, lent.content
        return self.librarian.post(f"loans/{lent.json()['id']}/return").status_code == 200


def _answers(port: int) -> bool:
    ready = subprocess.run(["node", "-e", f"fetch('http://127.0.0.1:{port}/health/live').catch(() => process.exit(1))"])
    return ready.returncode == 0
