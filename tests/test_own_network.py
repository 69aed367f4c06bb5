"""A stage of the tests may have a network of its own."""

import socket
import subprocess
import sys

import pytest

from tests.own_network import in_own_network

ASK = "import socket; socket.create_connection(('127.0.0.1', {port}))"
LISTENS = "import socket; here = socket.create_server(('127.0.0.1', 0)); socket.create_connection(here.getsockname())"


@pytest.fixture
def command() -> list[str]:
    """Python, in a network of its own."""
    alone = in_own_network([sys.executable, "-c"])
    if alone == [sys.executable, "-c"]:
        pytest.skip("no network of one's own is permitted here")
    return alone


def test_there_one_reaches_oneself_and_nobody_else(command: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as outside:
        ask = ASK.format(port=outside.getsockname()[1])
        subprocess.run([sys.executable, "-c", ask], check=True)
        assert b"ConnectionRefusedError" in subprocess.run([*command, ask], capture_output=True, check=False).stderr
    subprocess.run([*command, LISTENS], check=True)


def test_where_it_is_not_permitted_the_command_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    for refusing in (["false"], ["a program that is not there"]):
        monkeypatch.setattr("tests.own_network.COMMAND", refusing)
        assert in_own_network(["pytest"]) == ["pytest"]
