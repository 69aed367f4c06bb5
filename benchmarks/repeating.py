"""`python -m benchmarks.repeating CALL SECONDS`: repeats a call in this process, on the database at `DATABASE_URL`.

That is empty: it is filled first. Then this program says `ready`, waits for a line, repeats the call, prints how often
and how long, and waits until its input ends. `python -m benchmarks.profile` looks on.
"""

import ctypes
import os
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice, repeat

CALLS = ("borrow", "return", "availability", "page", "search", "front", "book", "results", "empty")
READY = "ready"
PR_SET_PTRACER = 0x59616D61
"""Allows a process and what it starts to look into this one, where Linux lets only ancestors do so."""
WARM_UP, WRITES = 20, 1_500


def main(name: str, seconds: float) -> None:
    """Calls for so long, or until there is nothing left to lend or to take back."""
    from benchmarks.in_process import call, environ_of  # noqa: PLC0415  (it sets Django up)

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, os.getppid(), 0, 0, 0)
    requests = _requests(name)
    for request in islice(requests, WARM_UP):
        call(environ_of(request))
    print(READY, flush=True)
    sys.stdin.readline()
    began, used, count = time.monotonic(), time.thread_time(), 0
    for count, request in enumerate(requests, 1):  # noqa: B007
        call(environ_of(request))
        if time.monotonic() - began > seconds:
            break
    used = (time.thread_time() - used) / count
    print(f"{count:,} calls, {used * 1e6:,.0f} us of a processor each", flush=True)
    sys.stdin.read()


def _requests(name: str) -> Iterator:
    from django.core.management import call_command  # noqa: PLC0415

    from benchmarks.client import asking, bringing_back  # noqa: PLC0415
    from benchmarks.in_process import all_calls, call, environ_of  # noqa: PLC0415
    from library.operations.static_files import collect_where_missing  # noqa: PLC0415

    calls = all_calls()
    if name == "borrow":
        return calls["borrow"]
    if name == "return":
        lent = [(borrow, call(environ_of(borrow))) for borrow in islice(calls["borrow"], WRITES)]
        return iter([bringing_back(*loan) for loan in lent])
    call_command("rebuild_search")
    collect_where_missing()
    searches = list(islice(calls["search"], 500))
    return {
        "availability": calls["availability"],
        "page": calls["patron's page"],
        "search": cycle(searches),
        "front": repeat(asking("GET", "/")),
        "book": cycle([asking("GET", f"/books/{book}") for book in range(1, 500)]),
        "results": cycle([asking("GET", _path(one).replace("/api/v1/books", "/search")) for one in searches]),
        "empty": calls["health/live"],
    }[name]


def _path(request: object) -> str:
    return request.wire.split(b" ", 2)[1].decode()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
