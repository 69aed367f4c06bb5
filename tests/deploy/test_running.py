"""What a pod would run is run: its command, with its environment, asked as the kubelet asks."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from library.settings import BASE_DIR
from tests import processes
from tests.deploy.manifests import WEB, WORKER, Container, container, needs_renderer
from tests.processes import kill_group, until
from tests.servers import free_port, redis_server

pytestmark = needs_renderer
START_LIMIT = 40
BIN = Path(sys.executable).parent


def surroundings(pod: Container, folder: Path, **stores: str) -> dict[str, str]:
    """What the pod would have, with a test's stores, its folder for the files and free ports in place of the pod's."""
    ports = {name: str(free_port()) for name in ("PORT", "WORKER_PORT") if name in pod.names}
    given = (
        pod.environment(SECRET_KEY="x" * 60)
        | stores
        | ports
        | {"FILES_DIR": str(folder), "SEARCH_DIR": str(folder / "search")}
    )
    return {**given, "PATH": f"{BIN}:{os.environ['PATH']}"}


@contextmanager
def running(pod: Container, environment: dict[str, str], log: Path) -> Iterator[None]:
    """The pod's process. Told to stop at the end of the block; killed if it takes too long."""
    with log.open("wb") as told:
        process = subprocess.Popen(
            pod.command, cwd=BASE_DIR, env=environment, stdout=told, stderr=told, start_new_session=True
        )
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(START_LIMIT)
        kill_group(process)


def status(port: str, path: str) -> int:
    """What the kubelet would be answered there: it asks by the pod's address. 0 as long as nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "door"), [(WEB, "PORT"), (WORKER, "WORKER_PORT")])
def test_a_pod_as_described_answers_its_probes(name: str, door: str, tmp_path: Path) -> None:
    pod = container(name)
    stores = {key: url for key, url in processes.environment().items() if key.endswith("DATABASE_URL")}
    with redis_server() as broker:
        environment = surroundings(pod, tmp_path, REDIS_URL=broker, **stores)
        with running(pod, environment, tmp_path / "log"):
            answers: dict[str, int] = {}

            def well() -> bool:
                answers.update((path, status(environment[door], path)) for path in pod.probes.values())
                return set(answers.values()) == {200}

            try:
                until(well, within=START_LIMIT)
            except AssertionError as late:
                told = (tmp_path / "log").read_text(encoding="utf-8", errors="replace")
                raise AssertionError(f"{answers}\n{told[-3_000:]}") from late


def test_who_waits_for_the_schema_goes_on_waiting_without_it(tmp_path: Path) -> None:
    first = container(WORKER, named="migrated")
    looking = first.command[-1].partition("until ")[2].partition("; do")[0]
    empty = surroundings(first, tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/town.sqlite3")
    looked = subprocess.run(["sh", "-c", looking], cwd=BASE_DIR, env=empty, capture_output=True, text=True)
    assert looked.returncode == 1, looked.stderr
