"""Whoever sends a request's body slowly holds nobody up but others who send one."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest

from catalog.models import Book
from library.operations.web.readers import LARGEST_KEPT, ManySlowSenders, Readers
from tests.people import a_librarian
from tests.processes import until
from tests.stories.test_reading_under_overload import call, web

JSON, FORM = "Content-Type: application/json", "application/x-www-form-urlencoded"
SHORT, LARGE, IN_CHUNKS = "Content-Length: 100", f"Content-Length: {LARGEST_KEPT + 1}", "Transfer-Encoding: chunked"
SIGNED = f"Authorization: Token {64 * 'a'}"
BEGUN = {
    "a short one": ["POST /api/v1/nowhere HTTP/1.1", SHORT],
    "in chunks": ["POST /api/v1/nowhere HTTP/1.1", IN_CHUNKS],
    "a large one": ["POST /api/v1/auth/login HTTP/1.1", LARGE],
    "a crowd's": ["POST /api/v1/loans HTTP/1.1", SHORT, SIGNED],
    "a scan": ["POST /admin/desk/scan/ HTTP/1.1", SHORT],
}
"""Heads of requests."""


def test_while_some_send_slowly_the_others_do_not_wait_for_them() -> None:
    some, may_end, begun = Readers(2), threading.Event(), []

    def read() -> None:
        with some.reading():
            begun.append("one")
            may_end.wait()

    with ThreadPoolExecutor(2) as slow, ExitStack() as in_the_end:
        in_the_end.callback(may_end.set)
        for _number in range(2):
            slow.submit(read)
        until(lambda: len(begun) == 2)
        with pytest.raises(ManySlowSenders), some.reading():
            pass
    with some.reading():
        pass


def told(port: int, path: str, sent: str, kind: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    """The status, text and headers for whoever sends that in Korean."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request("POST", path, sent, {"Content-Type": kind, "Accept-Language": "ko", **headers})
        answer = line.getresponse()
        return answer.status, answer.read().decode(), {name.lower(): value for name, value in answer.headers.items()}


def asked_to_wait(port: int, large: str) -> None:
    """A program by a problem, a person by a page, each in its language; and it is counted."""
    status, text, headers = told(port, "/api/v1/auth/login", large or "{}", "application/json")
    assert (status, headers["content-language"], headers["retry-after"]) == (503, "ko", "2")
    assert (json.loads(text)["code"], json.loads(text)["detail"][:3]) == ("please_wait", "도서관")
    for page in ("/sign-in", "/admin/login/"):
        status, text, headers = told(port, page, f"username={large}", FORM, Accept="text/html")
        assert (status, headers["content-language"], headers["retry-after"]) == (503, "ko", "2")
        assert "읽지 못했습니다" in text
        assert "<button" not in text.partition("<main")[2], "there is nothing to send again"
    counted = 'library_requests_total{method="POST",route="api/v1/auth/login",status="503"}'
    assert counted in (call(port, "/metrics") or (0, ""))[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("head", BEGUN.values(), ids=BEGUN)
def test_pages_are_answered_while_very_many_send_slowly(head: list[str]) -> None:
    begun = "\r\n".join([*head, JSON, "Host: 127.0.0.1", "", "1\r\n{\r\n" if IN_CHUNKS in head else "{"])
    large = "x" * (LARGEST_KEPT + 1) if LARGE in head else ""
    with web(WEB_THREADS="4") as port, ExitStack() as slow:
        for _sender in range(12):
            line = slow.enter_context(closing(socket.create_connection(("127.0.0.1", port))))
            line.sendall(begun.encode())
        until(lambda: told(port, "/api/v1/auth/login", large or "{}", "application/json")[0] == 503)
        assert (call(port, "/health/live") or (0, ""))[0] == 200
        asked_to_wait(port, large)
        if large:
            assert told(port, "/api/v1/auth/login", "{}", "application/json")[0] == 400, "what is short is read"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("length", "status"), [(0, b"503"), (LARGEST_KEPT, b"400")], ids=["kept", "large"])
def test_what_broke_off_is_not_done(length: int, status: bytes) -> None:
    """Though what came is a whole document, and the server gives it to the application as if no more had been said."""
    body = json.dumps({"title": "광장"}) + " " * length
    head = ["POST /api/v1/books HTTP/1.1", f"Authorization: {a_librarian().authorization}", JSON, "Host: 127.0.0.1"]
    with web(WEB_THREADS="4") as port:
        for more, answered in ((1, status), (0, b"201")):
            with closing(socket.create_connection(("127.0.0.1", port))) as line:
                line.sendall("\r\n".join([*head, f"Content-Length: {len(body) + more}", "", body]).encode())
                if more:
                    line.shutdown(socket.SHUT_WR)
                assert line.recv(1_000).split()[1] == answered
            assert Book.objects.exists() == (not more)
