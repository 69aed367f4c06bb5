"""What the reverse proxy lets through, what it says for the library, and when it asks another process."""

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.processes import until
from tests.proxy import CONFIGURATION, NO_HAPROXY, Proxy, has_haproxy

pytestmark = pytest.mark.skipif(not has_haproxy(), reason=NO_HAPROXY)
SPOOFED = {
    "X-Forwarded-For": "10.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Real-IP": "10.0.0.1",
    "Forwarded": "for=10.0.0.1;proto=https",
    "X_Forwarded_For": "10.0.0.1",
    "X_Forwarded_Proto": "https",
}


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers it was sent; hangs up without an answer where `/broken` is asked for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """One call."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked[self.command, self.path] += 1
        if self.path == "/broken" and self.server.asked[self.command, self.path] == 1:
            self.close_connection = True
            return
        told = json.dumps(self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def do_POST(self) -> None:
        """The same."""
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class Library:
    """The proxy, and what stands behind it."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.asked: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def process(self) -> Iterator[None]:
        """A process that is ready."""
        with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
            server.asked = self.asked
            Thread(target=server.serve_forever, daemon=True).start()
            self.proxy.add(1, server.server_port)
            try:
                yield
            finally:
                self.proxy.remove(1)
                server.shutdown()

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[HTTPResponse, str]:
        """The answer, and its text."""
        line = HTTPConnection("127.0.0.1", self.proxy.port, timeout=30)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer, answer.read().decode()
        finally:
            line.close()

    def heard(self, **headers: str) -> list[tuple[str, str]]:
        """The headers that reach the process, which those are sent to the proxy with."""
        return [(name.lower(), value) for name, value in json.loads(self.ask("/", **headers)[1])]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Nobody is ready yet."""
    with ExitStack() as stack:
        proxy = Proxy(tmp_path_factory.mktemp("haproxy"))
        stack.enter_context(proxy.running())
        yield Library(proxy)


@pytest.fixture
def served(library: Library) -> Iterator[Library]:
    """Somebody is."""
    with library.process():
        yield library


@pytest.mark.parametrize("tls", [False, True])
def test_haproxy_takes_the_configuration(tls: bool, tmp_path: Path) -> None:
    if tls and not shutil.which("openssl"):
        pytest.skip("the program openssl, which makes the certificate, is not installed")
    more = {"TLS_CERTIFICATE": certificate(tmp_path)} if tls else {}
    checked = subprocess.run(
        ["haproxy", "-c", "-f", CONFIGURATION],
        env={**os.environ, "WEB": "127.0.0.1:9", **more}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, "WARNING" in checked.stderr) == (0, False), checked.stderr


def certificate(folder: Path) -> str:
    """The path of a new one, with its key."""
    key, chain = folder / "key", folder / "chain"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=library.example.org"]
    subprocess.run([*made, "-keyout", key, "-out", chain], check=True, capture_output=True)
    chain.write_bytes(chain.read_bytes() + key.read_bytes())
    return str(chain)


def test_where_a_request_comes_from_is_said_by_the_proxy_alone(served: Library) -> None:
    heard = served.heard(**SPOOFED)
    assert [(name, value) for name, value in heard if "forwarded" in name or "real-ip" in name] == [
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-proto", "http"),
    ]


@pytest.mark.parametrize(("sent", "kept"), [("loan-7.a", True), ("", False), ("a b\tc", False), ("x" * 65, False)])
def test_every_request_has_one_id(sent: str, kept: bool, served: Library) -> None:
    (told,) = [value for name, value in served.heard(**{"X-Request-ID": sent}) if name == "x-request-id"]
    assert (told == sent) is kept
    assert told


def test_what_changes_something_is_never_sent_twice(served: Library) -> None:
    assert served.ask("/broken")[0].status == 200
    assert served.asked["GET", "/broken"] == 2
    assert served.ask("/broken", "POST", b"{}")[0].status == 502
    assert served.asked["POST", "/broken"] == 1


def test_figures_and_huge_bodies_do_not_pass(served: Library) -> None:
    assert [served.ask(path)[0].status for path in ("/metrics", "/%6detrics")] == [404, 404]
    assert served.ask("/", "POST", **{"Content-Length": str(20 * 1024**2 + 1)})[0].status == 413
    assert not any(path.endswith("etrics") for _, path in served.asked)


def test_the_log_tells_neither_what_was_asked_for_nor_by_whom(served: Library) -> None:
    _, told = served.ask("/admin/accounts/user/734200981766?q=Kim", **{"X-Request-ID": "of-this-request"})
    until(lambda: "of-this-request" in served.proxy.log.read_text())
    assert "Kim" not in served.proxy.log.read_text()
    assert "734200981766" not in served.proxy.log.read_text()
    assert told


@pytest.mark.parametrize(("language", "sentence"), [("ko-KR,ko", "잠시 뒤에 다시"), ("en", "Please try again")])
def test_while_nobody_is_ready_the_api_says_so(library: Library, language: str, sentence: str) -> None:
    answer, text = library.ask("/api/v1/books", **{"Accept-Language": language})
    assert (answer.status, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    problem = json.loads(text)
    assert (problem["status"], problem["code"]) == (503, "please_wait")
    assert sentence in problem["detail"]


def test_while_nobody_is_ready_people_see_a_page(library: Library) -> None:
    answer, text = library.ask("/")
    assert (answer.status, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "잠시만 기다려 주세요" in text
    assert "Please wait" in text


def test_a_process_that_does_not_answer_is_no_fault_of_the_reader(library: Library) -> None:
    with library.process():
        library.proxy.add(2, 9)  # nobody is there
        try:
            until(lambda: library.ask("/")[0].status == 200)
            assert {library.ask("/", "POST", b"{}")[0].status for _ in range(8)} == {200}
        finally:
            library.proxy.remove(2)
