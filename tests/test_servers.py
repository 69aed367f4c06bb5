"""The tests' own servers: they start, answer, and leave neither a process nor a file behind."""

import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from tests.servers import ServerDidNotStart, _kept, free_port, postgres_server, postgres_version, redis_server

ROOT = Path(__file__).parent.parent
OWNER = """
import signal, sys, time
from tests import servers
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts the tests in the background ignores it
with getattr(servers, sys.argv[1])() as url:
    print(url, flush=True)
    time.sleep(600)
"""
ANSWERING = {
    "postgres_server": lambda url: psycopg.connect(url, connect_timeout=5).close(),
    "redis_server": lambda url: redis.Redis.from_url(url).ping(),
}
SILENT = (psycopg.OperationalError, redis.ConnectionError)

LOOKS = "import random; from tests.servers import free_port; random.seed(7342); print(free_port(), flush=True); input()"


def processes_of(port: str) -> list[str]:
    """The command lines of this machine's processes that name the port."""
    lines = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if port in line:
            lines.append(line)
    return lines


def folder_of(port: str) -> Path:
    """The server's folder, as its keeper's command line tells it."""
    return next(Path(found[1]) for line in processes_of(port) if (found := re.search(r'"folder": "([^"]+)"', line)))


def port_of(url: str) -> str:
    """The port in a server's URL."""
    return url.rsplit(":", 1)[1].split("/")[0]


def wait_until_gone(port: str) -> bool:
    """Whether the processes naming the port end within a few seconds."""
    deadline = time.monotonic() + 15
    while processes_of(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not processes_of(port)


def test_postgres_answers_in_utf8_and_is_gone_afterwards():
    with postgres_server() as url:
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT upper('도서 é'), current_setting('lc_ctype')").fetchone() == (
                "도서 É",
                "C.UTF-8",
            )
        assert int(postgres_version(url).split(".")[0]) >= 14
        port = port_of(url)
        assert processes_of(port)
    assert not processes_of(port)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)


def test_redis_answers_and_is_gone_afterwards():
    with redis_server() as url:
        with redis.Redis.from_url(url) as client:
            client.set("barcode", "소장본-1")
            assert client.get("barcode").decode() == "소장본-1"
        port = port_of(url)
        assert processes_of(port)
    assert not processes_of(port)


def test_two_servers_do_not_share_anything():
    with redis_server() as one, redis_server() as other:
        redis.Redis.from_url(one).set("shelf", "810")
        assert redis.Redis.from_url(other).get("shelf") is None


@pytest.mark.parametrize("server", ["postgres_server", "redis_server"])
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_server_ends_with_its_owner_however_that_dies(server, end):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, server],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    url = owner.stdout.readline().strip()
    ANSWERING[server](url)
    folder = folder_of(port_of(url))
    assert folder.is_dir()
    owner.send_signal(end)
    owner.communicate()
    assert owner.returncode != 0
    assert wait_until_gone(port_of(url))
    assert not folder.exists()
    with pytest.raises(SILENT):
        ANSWERING[server](url)


@pytest.mark.parametrize("failing", ["prepare", "serve"])
def test_a_server_that_can_not_start_says_why(tmp_path, failing):
    def refuses():
        raise redis.ConnectionError("nobody there")

    command = [sys.executable, "-c", "print('the shelf is empty'); raise SystemExit(1)"]
    order = {"prepare": [], "serve": [], "account": {}, "stop": "SIGTERM", failing: command}
    start = _kept(tmp_path, order, answers=refuses)
    with pytest.raises(ServerDidNotStart, match="the shelf is empty"), start:
        pytest.fail("the body must not run")


def test_two_runs_that_look_at_once_never_get_the_same_port() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LOOKS], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        theirs = int(other.stdout.readline())
        random.seed(7342)
        ours = [free_port()]
        random.seed(7342)
        assert len({theirs, *ours, free_port()}) == 3
        other.communicate("\n")
