"""A body that comes in chunks, without its length, counts like any other."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from kernel.http.input.bodies import WholeBodies
from tests.bus import Bus
from tests.people import Person, a_librarian, a_patron
from tests.processes import until, web
from tests.servers import free_port

CURL = shutil.which("curl") or ""
LIMIT = 2_621_440
"""Bytes that the library reads of a body at the most."""


def is_open(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    """A real web server's port."""
    port = free_port()
    with web(port):
        until(lambda: is_open(port))
        yield port


def in_chunks(body: bytes, size: int) -> bytes:
    """A body as it is sent when nobody knows how long it will be."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def send(port: int, path: str, body: bytes, *headers: str) -> tuple[int, bytes]:
    """The status and the text of the answer to a POST in chunks."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Transfer-Encoding: chunked", "Connection: close", *headers]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode())
        with suppress(ConnectionError):  # refused before all of it was sent
            line.sendall(body)
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    head, _, text = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), text


def speaks_http2() -> bool:
    """Whether there is a curl that can."""
    return bool(CURL) and "HTTP2" in subprocess.run([CURL, "--version"], capture_output=True, text=True).stdout


def curl(port: int, person: Person, path: str, body: bytes) -> dict[str, Any]:
    """What the API answers over HTTP/2 to a body that is read from a pipe, so that nobody knows its length.

    Nothing where the answer came before all of the body was sent and curl, still sending, lost it.
    """
    command = [CURL, "--silent", "--http2-prior-knowledge", "--request", "POST", "--upload-file", "-",
               "--header", "Content-Type: application/json", "--header", f"Authorization: {person.authorization}",
               "--write-out", "\n%{http_version} %{http_code}", f"http://127.0.0.1:{port}/api/v1/{path}"]  # fmt: skip
    answer = subprocess.run(command, input=body, capture_output=True, timeout=60).stdout
    text, _, told = answer.decode().rpartition("\n")
    version, status = told.split()
    return {**json.loads(text), "http": version, "status": int(status)} if text else {}


def ask(port: int, person: Person, path: str, fields: Any, size: int = 7) -> tuple[int, Any]:
    """What the API answers, whose bodies come in chunks of that size."""
    body = in_chunks(json.dumps(fields).encode(), size)
    headers = ("Content-Type: application/json", f"Authorization: {person.authorization}")
    status, text = send(port, f"/api/v1/{path}", body, *headers)
    return status, json.loads(text)


@pytest.mark.django_db(transaction=True)
def test_what_comes_in_chunks_is_read_to_its_end_and_no_further_than_the_limit(port: int) -> None:
    ada, haneul = a_librarian(), a_patron()
    book = ada.post("books", {"title": "토지", "copies": 3}).json()["id"]
    Bus().settle()
    loan = haneul.post("loans", {"book": book, "quantity": 3}).json()["id"]

    status, returned = ask(port, haneul, f"loans/{loan}/return", {"quantity": 1})
    assert (status, returned["outstanding"]) == (200, 2)
    most = {"title": "Emma", "description": "n" * 4_000}
    assert ask(port, ada, "books", most, size=100)[1]["description"] == most["description"]
    status, problem = ask(port, ada, "books", {"title": "n" * LIMIT}, size=65_536)
    assert (status, problem["code"]) == (413, "too_large")
    status, problem = ask(port, haneul, f"loans/{loan}/return", {"quantity": 1.5})
    assert (status, problem["code"]) == (400, "invalid")


@pytest.mark.skipif(not speaks_http2(), reason="curl with HTTP/2 is missing")
@pytest.mark.django_db(transaction=True)
def test_what_comes_over_http2_without_its_length_is_read_too(port: int) -> None:
    ada, haneul = a_librarian(), a_patron()
    book = ada.post("books", {"title": "토지", "copies": 3}).json()["id"]
    Bus().settle()
    loan = haneul.post("loans", {"book": book, "quantity": 3}).json()["id"]

    answer = curl(port, haneul, f"loans/{loan}/return", b'{"quantity": 1}')
    assert (answer["http"], answer["status"], answer["outstanding"]) == ("2", 200, 2)
    answer = curl(port, haneul, f"loans/{loan}/return", b'{"quantity": 1.5}')
    assert (answer["http"], answer["status"], answer["code"]) == ("2", 400, "invalid")
    tries = (curl(port, ada, "books", json.dumps({"title": "n" * LIMIT}).encode()) for _try in range(9))
    answer = next(filter(None, tries))
    assert (answer["http"], answer["status"], answer["code"]) == ("2", 413, "too_large")


@pytest.mark.django_db(transaction=True)
def test_the_staff_side_reads_them_too(port: int) -> None:
    form = b"username=L-7001&password=wrong&csrfmiddlewaretoken=" + b"a" * 32
    headers = ("Content-Type: application/x-www-form-urlencoded", f"Cookie: csrftoken={'a' * 32}")
    status, page = send(port, "/admin/login/", in_chunks(form, 11), *headers)
    assert status == 200
    assert b'value="L-7001"' in page


def test_a_body_with_its_length_is_left_alone() -> None:
    seen: list[Any] = []
    application = WholeBodies(lambda environ, _start: seen.append(environ) or [])  # type: ignore[func-returns-value]
    plain = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "0", "wsgi.input": object()}
    application(dict(plain), lambda *_: None)
    assert seen == [plain]
