"""The README's tour, walked word for word against a real server and a real worker."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.settings import BASE_DIR
from tests.processes import until
from tests.servers import free_port

LIMIT = 40
SENTINEL = "--- end of answer ---"
pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="the tour's requests are made with curl")


def steps(text: str) -> list[tuple[str, str]]:
    """The tour's commands, each with the answer printed below it."""
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    parts = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(command, answer.strip()) for command, _, answer in (part.partition("\n") for part in parts)]


def matches(expected: str, answer: str) -> bool:
    """Whether an answer is the one in the README, where an ellipsis stands for anything."""
    pattern = ".*?".join(re.escape(piece) for piece in expected.split("…"))
    return re.fullmatch(pattern, answer.strip(), re.DOTALL) is not None


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The port of a library that was started as `make run` starts it, on an empty database."""
    port = free_port()
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/tour.sqlite3", "PORT": str(port)}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    said = tmp_path / "said"
    with said.open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "library.operations.processes", "--prepare"],
            cwd=BASE_DIR,
            env=environment,
            stdout=log,
        )
    try:
        until(lambda: f"The library is at http://127.0.0.1:{port}/" in said.read_text())
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=LIMIT)


def test_the_tour_works_word_for_word(served: int) -> None:
    tour = steps((BASE_DIR / "README.md").read_text(encoding="utf-8"))
    assert len(tour) >= 8
    bash = subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    heard_of = f"curl -s -o /dev/null -w '%{{http_code}}' http://127.0.0.1:{served}/api/v1/books/3/availability"
    _until_answered(bash, heard_of, "200")  # the worker has told lending of the demo's books
    for command, expected in tour:
        _until_answered(bash, command.replace("127.0.0.1:8000", f"127.0.0.1:{served}"), expected)
    bash.communicate("exit\n", timeout=LIMIT)


def test_an_answer_that_differs_is_seen() -> None:
    assert matches('{"id":…,"owed":0}', '{"id":17,"owed":0}')
    assert not matches('{"id":…,"owed":0}', '{"id":17,"owed":5}')


def _until_answered(bash: subprocess.Popen, command: str, expected: str) -> None:
    """Events travel in the background, so a question is asked again; what changes something is asked once."""
    deadline = time.monotonic() + LIMIT
    while not matches(expected, answer := _ask(bash, command)):
        may_ask_again = "--json" not in command and time.monotonic() < deadline
        assert may_ask_again, f"{command}\nanswered {answer}\nnot {expected}"
        time.sleep(0.2)


def _ask(bash: subprocess.Popen, command: str) -> str:
    bash.stdin.write(f"{command}\necho; echo '{SENTINEL}'\n")
    bash.stdin.flush()
    lines = iter(bash.stdout.readline, f"{SENTINEL}\n")
    return "".join(lines)
