"""Calls of one build inside its own process: the processor time that each takes, whatever else the machine does.

`benchmarks/reference.py` runs this file with each build's Python in that build's folder, so it uses only what builds
have in common. For each line `NAME COUNT` it makes so many calls and answers with the microseconds that one took.
"""

import io
import sys
import time
from collections.abc import Iterator
from itertools import islice, repeat
from typing import Any

from library.wsgi import application  # isort: skip  (it sets Django up)
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from benchmarks.client import Request, asking
from benchmarks.town import build_town, know_the_rest

BOOKS, PATRONS = 2_000, 400
OWN_NAMES = {"CONTENT_TYPE", "CONTENT_LENGTH"}


def main() -> None:
    """Fills the empty database at `DATABASE_URL`, says `ready`, and makes the calls that it is asked for."""
    calls = all_calls()
    print("ready", flush=True)
    for line in sys.stdin:
        name, count = line.rsplit(maxsplit=1)
        environs = [environ_of(request) for request in islice(calls[name], int(count))]
        began = time.process_time()
        for environ in environs:
            call(environ)
        print((time.process_time() - began) / len(environs) * 1_000_000, flush=True)


def all_calls() -> dict[str, Iterator[Request]]:
    """The requests of each kind of call, to the database that is filled for them."""
    call_command("migrate", verbosity=0)
    town = build_town(BOOKS, PATRONS, timezone.now())
    know_the_rest()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return {
        "health/live": repeat(asking("GET", "/health/live")),
        "patron's page": town.pages,
        "borrow": town.borrows,
        "search": town.searches,
        "availability": town.availabilities,
    }


def environ_of(request: Request) -> dict[str, Any]:
    """The request as a web server would hand it over."""
    head, _, body = request.wire.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, address, _version = first.split(" ")
    path, _, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
        "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    for name, value in (line.split(": ", 1) for line in lines):
        named = name.upper().replace("-", "_")
        environ[named if named in OWN_NAMES else f"HTTP_{named}"] = value
    return environ


def call(environ: dict[str, Any]) -> bytes:
    """The body of a good answer; any other ends the program."""
    status = []
    answer = application(environ, lambda line, *_: status.append(line))
    body = b"".join(answer)
    answer.close()
    if status[0][0] != "2":
        raise SystemExit(f"{environ['PATH_INFO']} answered {status[0]}")
    return body


if __name__ == "__main__":
    main()
