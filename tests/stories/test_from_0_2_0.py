"""A library that runs 0.2.0 comes here as docs/operations.md says: out by the old API, in by three files."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.models import Copy
from examples import move_out
from examples.move_in import move_in
from tests.browser.library import Librarian
from tests.bus import Bus
from tests.demo import PASSWORD
from tests.people import a_librarian
from tests.release import NoHistory, releases, take_out

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ODD_NAME = '마지, "=1+1"'
OLD = """
from wsgiref.simple_server import make_server
import django
django.setup()
from django.core.management import call_command
from datetime import timedelta

from django.utils import timezone
from kernel.eventbus.delivery.worker import deliver_round
from library.wsgi import application
call_command("migrate", verbosity=0)
call_command("load_demo")

def answer(environ, start):
    answered = list(application(environ, start))
    while deliver_round(timezone.now):
        pass
    return answered

server = make_server("127.0.0.1", 0, answer)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.fixture
def old(tmp_path: Path) -> Iterator[int]:
    """The port of a library with the demo, served by the code of 0.2.0 on tables of its own."""
    try:
        take_out(releases()["0.2.0"], tmp_path / "code")
    except NoHistory as missing:
        pytest.skip(f"git has not the code of 0.2.0: {missing}")
    own = {"DATABASE_URL": f"sqlite:///{tmp_path}/old.sqlite3", "DJANGO_SETTINGS_MODULE": "library.settings"}
    command = [sys.executable, "-c", OLD]
    with subprocess.Popen(
        command, cwd=tmp_path / "code", env={**os.environ, **own}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            yield next(int(line) for line in process.stdout if line.strip().isdecimal())
        finally:
            process.kill()


def lend_and_take_back(library: Librarian) -> None:
    """A loan of two copies of which one came back late, fees of which a part is paid, and a librarian's own loan."""
    today = timezone.localdate()
    days_ago = {days: str(today - timedelta(days=days)) for days in (20, 30, 40)}
    reader = library.call(
        "patrons", card_number="P-0900", name='마지, "=1+1"', email="m@example.org", password=PASSWORD
    )
    library.call("loans", patron=reader["id"], book=1, borrowed_on=str(today))
    library.call("loans", patron=reader["id"], book=2, borrowed_on=days_ago[40])
    part = library.call("loans", patron=reader["id"], book=3, quantity=2, borrowed_on=days_ago[30])
    library.call(f"loans/{part['id']}/return", quantity=1)
    for book in (4, 5):
        late = library.call("loans", patron=1, book=book, borrowed_on=days_ago[20])
        library.call(f"loans/{late['id']}/return", quantity=1)
    library.call("fines/2/payments", amount=100)
    library.call("loans", patron=3, book=6)


def pages(call: Any) -> dict[str, dict[str, Any]]:
    """What each person's page says, by card."""
    kept = ("copies_on_loan", "copies_overdue", "fines_outstanding", "fines_accruing")
    people = [person for person in call("patrons")["results"] if person["card_number"][:2] != "L-9"]
    shown = {person["card_number"]: call(f"dashboard/{person['id']}") for person in people}
    return {
        card: {name: page[name] for name in kept}
        | {"loans": sorted((one["title"], one["outstanding"], one["due_on"]) for one in page["loans"])}
        for card, page in shown.items()
    }


def test_all_that_a_library_of_0_2_0_has_is_here(old: int, bus: Bus, tmp_path: Path, monkeypatch: Any) -> None:
    before = Librarian(old)
    lend_and_take_back(before)
    monkeypatch.setenv("CARD_NUMBER", "L-0001")
    monkeypatch.setenv("PASSWORD", PASSWORD)
    monkeypatch.setattr(sys, "argv", ["move_out.py", f"http://127.0.0.1:{old}", str(tmp_path)])
    assert move_out.main() == 0
    here = a_librarian("L-0001")
    bus.settle()
    assert move_in(*(tmp_path / f"{name}.csv" for name in ("books", "patrons", "loans"))) == 0
    expected = pages(before.call)
    found = pages(lambda path: here.get(path).json())
    assert {card: found[card] for card in expected} == expected
    copies = [copy for book in range(1, 11) for copy in before.call(f"books/{book}/copies")["results"]]
    assert set(Copy.objects.values_list("barcode", flat=True)) == {copy["barcode"] for copy in copies}
    assert User.objects.get(card_number="P-0900").name == ODD_NAME
