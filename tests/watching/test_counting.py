"""What is counted of requests and refusals, and how the counts of several processes become one."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from kernel.observability.metrics import exposition
from library.settings import BASE_DIR
from tests.admin.door import a_librarian as a_librarian_at_the_admin
from tests.admin.door import a_patron
from tests.factories import Town
from tests.figures import figures, read
from tests.people import Person

COUNT = """
import os, sys
from kernel.observability.metrics import REFUSALS, exposition
from lending.metrics import AT_WORK
REFUSALS.labels("out_of_stock").inc(int(sys.argv[1]))
AT_WORK.inc()
if sys.argv[2] == "tells":
    print(exposition(os.environ["PROMETHEUS_MULTIPROC_DIR"]).decode())
"""


@pytest.fixture
def bus() -> Any:
    """Counting needs one order only."""
    from tests.bus import Bus  # noqa: PLC0415

    return Bus()


def difference(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What was counted meanwhile."""
    return {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/api/v1/patrons/7342001", "api/v1/patrons/<id:pk>", 401),
        ("/api/v1/no/such/P-7342", "nowhere", 404),
        ("/nowhere/P-7342?q=P-7342", "nowhere", 404),
        ("/", "/", 200),
    ],
)
def test_a_request_is_counted_by_the_pattern_of_its_address(path: str, route: str, status: int) -> None:
    nobody = Person()
    before = figures(nobody)
    assert nobody.get(path).status_code == status
    counted = difference(before, figures(nobody))
    assert counted[f'library_requests_total{{method="GET",route="{route}",status="{status}"}}'] == 1
    assert counted[f'library_request_seconds_count{{method="GET",route="{route}"}}'] == 1
    assert not [name for name in figures(nobody) if "7342" in name]


@pytest.mark.django_db
def test_a_method_that_nobody_knows_is_one_of_the_others() -> None:
    before = figures(Person())
    Person().generic("BREW", "/nowhere")
    counted = difference(before, figures(Person()))
    assert counted['library_requests_total{method="other",route="nowhere",status="404"}'] == 1


@pytest.mark.django_db
def test_a_refusal_is_counted_by_its_code_once_and_not_when_its_answer_is_told_again(town: Town) -> None:
    book, key = town.book(copies=1), {"Idempotency-Key": "at-the-gate"}
    before = figures(town.librarian)
    for _ in range(2):
        assert town.haneul.post("loans", {"book": book, "quantity": 2}, headers=key).status_code == 409
    assert difference(before, figures(town.librarian))['library_refusals_total{code="out_of_stock"}'] == 1


@pytest.mark.django_db
def test_a_refusal_at_the_desk_is_counted_too() -> None:
    before = figures(Person())
    a_patron("P-9100")
    User.objects.filter(card_number="P-9100").update(is_active=False)
    a_librarian_at_the_admin().scan("P-9100")
    assert difference(before, figures(Person()))['library_refusals_total{code="card_closed"}'] == 1


@pytest.mark.django_db(transaction=True)
def test_loans_and_returns_are_counted_once_they_are_committed(town: Town) -> None:
    before = figures(town.librarian)
    loan = town.lend(town.haneul, town.book(copies=3), quantity=3)
    town.give_back(town.haneul, loan, quantity=2)
    counted = difference(before, figures(town.librarian))
    assert (counted["library_loans_total"], counted["library_returns_total"]) == (1, 1)


def test_what_processes_that_are_gone_counted_is_kept_in_few_files(tmp_path: Path) -> None:
    there = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "library.settings"}
    for count in ("2", "3", "4"):
        subprocess.run([sys.executable, "-c", COUNT, count, "goes"], cwd=BASE_DIR, env=there, check=True)
    told = subprocess.run(
        [sys.executable, "-c", COUNT, "5", "tells"], cwd=BASE_DIR, env=there, check=True, capture_output=True, text=True
    )
    seen = read(told.stdout)
    assert seen['library_refusals_total{code="out_of_stock"}'] == 14
    assert seen["library_lending_at_work"] == 1, "who is gone is not at work"
    assert len(list(tmp_path.glob("counter_*.db"))) == 2, "one of those that are gone, one of the last"


@pytest.mark.parametrize("running", [True, False])
def test_a_process_that_has_just_made_its_file_fails_no_scrape_nor_one_killed_then(
    tmp_path: Path, running: bool
) -> None:
    made = tmp_path / f"counter_{os.getpid() if running else _one_that_has_ended()}.db"
    made.touch()
    assert exposition(str(tmp_path)) == b""
    assert made.exists() == running


def _one_that_has_ended() -> int:
    with subprocess.Popen(["true"]) as process:
        return process.pid
