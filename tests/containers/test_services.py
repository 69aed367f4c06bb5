"""The whole of compose.yaml at work: its own image, its files, its order and its health checks, with podman."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from library.settings import BASE_DIR
from tests.containers.podman import podman, ran
from tests.containers.services import Services, services
from tests.processes import until
from tests.servers import free_port

pytestmark = pytest.mark.once
PORT = str(free_port())
STAY_UP = ["redis", "postgres", "worker", "web", "proxy"]
OPENING = """
from django.utils import timezone
from catalog.services import register_book
from accounts.services import register_patron
now = timezone.now()
register_patron(card_number="P-1", name="Ahn", email="", password="green-bookmark", now=now)
register_book(title="Frankenstein", authors=["Mary Shelley"], language="en", copies=1, now=now)
"""


@pytest.fixture(scope="module")
def running(image: str) -> Iterator[Services]:
    """All services, with the defaults of the file and a port of the test's own."""
    with services(image, PORT=PORT) as started:
        yield started


@pytest.mark.parametrize("name", STAY_UP)
def test_a_service_that_stays_up_is_well_by_its_own_check(running: Services, name: str) -> None:
    assert {*running.described} == {*STAY_UP, "secrets", "migrate"}
    running.wait(name, "service_healthy")


def test_a_book_is_borrowed_and_returned_through_the_proxy(running: Services) -> None:
    web = running.containers["web"]
    # Whenever another test's network comes or goes, the names of all networks are away for a moment.
    until(lambda: not ran("exec", web, "getent", "hosts", "postgres").returncode, within=60)
    podman("exec", web, "python", "manage.py", "shell", "--no-imports", "--command", OPENING)
    running.wait("proxy", "service_healthy")
    command = [sys.executable, "deploy/smoke.py", f"http://127.0.0.1:{PORT}"]
    person = {"SMOKE_CARD": "P-1", "SMOKE_PASSWORD": "green-bookmark"}
    until(lambda: not subprocess.run(command, env=person, cwd=BASE_DIR, capture_output=True).returncode, within=90)


@pytest.mark.parametrize("name", STAY_UP)
def test_a_service_has_no_capability_gains_none_and_writes_to_no_root(running: Services, name: str) -> None:
    told = podman("exec", running.containers[name], "cat", "/proc/1/status")
    status = dict(line.split(":\t", 1) for line in told.splitlines() if ":\t" in line)
    assert {int(value, 16) for field, value in status.items() if field.startswith("Cap")} == {0}
    assert status["NoNewPrivs"] == "1"
    tried = podman("exec", running.containers[name], "sh", "-c", "touch /x 2>&1; true")
    assert "Read-only file system" in tried
    assert name == "proxy" or status["Uid"].split()[0] != "0"


def test_secrets_are_made_once_and_the_next_start_leaves_them(running: Services) -> None:
    def kept() -> str:
        return podman("exec", running.containers["web"], "sh", "-c", "cd /var/lib/library/secrets && sha256sum *")

    before = kept()
    running.run_again("secrets")
    assert kept() == before
    assert len(before.splitlines()) == 3


def test_all_that_stay_up_end_well_within_their_grace(running: Services) -> None:
    for name in reversed(STAY_UP):  # last, since it ends them
        podman("stop", running.containers[name])
        assert podman("inspect", "--format={{.State.ExitCode}}", running.containers[name]) in {"0", "143"}, name
