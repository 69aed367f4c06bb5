"""A taken port is refused in one sentence, however the library is started, whoever has it."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from select import select

import pytest

from library.operations.port import listen
from library.operations.processes import PROCFILE, commands
from library.settings import BASE_DIR
from tests.servers import free_port

WAYS = {
    "make run": re.search(r"^run:.*\n\t@(.+)$", (BASE_DIR / "Makefile").read_text(), re.M)[1].replace("$(BIN)/", ""),
    "the Procfile together": "python -m library.operations.processes",
    "the Procfile's line": commands(PROCFILE.read_text())["web"],
}


def listening(address: str, *options: int) -> socket.socket:
    """Another program's socket."""
    taken = socket.socket()
    for option in options:
        taken.setsockopt(socket.SOL_SOCKET, option, 1)
    taken.bind((address, free_port()))
    taken.listen()
    return taken


@pytest.fixture(params=["another program", "one at all addresses", "one of our servers"])
def taken(request: pytest.FixtureRequest) -> Iterator[int]:
    """A port that somebody listens at."""
    made = {
        "another program": ("127.0.0.1",),
        "one at all addresses": ("0.0.0.0", socket.SO_REUSEADDR),
        "one of our servers": ("127.0.0.1", socket.SO_REUSEADDR, socket.SO_REUSEPORT),  # as granian opens it
    }[request.param]
    with closing(listening(*made)) as one:
        yield one.getsockname()[1]


def start(command: str, port: int | str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs it in this Python's environment until it ends."""
    there = {**os.environ, "PORT": str(port), "DATABASE_URL": "sqlite:////no/such/folder/library.sqlite3", **more}
    there["PATH"] = f"{os.path.dirname(sys.executable)}:{there['PATH']}"
    return subprocess.run(command, shell=True, cwd=BASE_DIR, env=there, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("way", WAYS)
def test_a_taken_port_is_refused_in_one_sentence_before_anything_is_done(way: str, taken: int) -> None:
    ran = start(WAYS[way], taken)
    assert (ran.returncode, ran.stdout) == (1, "")
    (sentence,) = ran.stderr.splitlines()
    assert sentence.startswith(f"Port {taken} of 127.0.0.1 ")
    assert re.search(r"choose another port with PORT=, such as PORT=\d+\.$", sentence)


def test_a_port_that_is_free_is_not_refused() -> None:
    ran = start(WAYS["make run"], free_port())
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.parametrize("wrong", ["web", "0", "65536", "-1"])
def test_what_is_no_port_is_refused_too(wrong: str) -> None:
    ran = start(WAYS["make run"], wrong)
    assert (ran.returncode, ran.stderr) == (
        1,
        f"PORT={wrong} is no port: choose one with PORT=, such as PORT=8000.\n",
    )


def test_an_address_that_this_machine_has_not_is_told() -> None:
    ran = start(WAYS["make run"], free_port(), HOST="192.0.2.1")
    assert ran.returncode == 1
    assert "of 192.0.2.1 can't be listened at" in ran.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the server listens by itself")
@pytest.mark.parametrize("processes", [1, 2])
def test_an_answer_s_body_goes_out_behind_its_head_at_once(monkeypatch: pytest.MonkeyPatch, processes: int) -> None:
    monkeypatch.setenv("PORT", str(port := free_port()))
    with ExitStack() as stack:
        listeners = [stack.enter_context(closing(one)) for one in listen(0, processes)]
        stack.enter_context(closing(socket.create_connection(("127.0.0.1", port))))
        ready, _, _ = select(listeners, [], [], 30)
        accepted = stack.enter_context(closing(ready[0].accept()[0]))
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
