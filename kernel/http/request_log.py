"""What is noted of each request: its id, one line in the log, and the counts. Never what was asked, nor who asked."""

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from kernel.http.problems import nowhere
from kernel.observability.metrics import REFUSALS, REQUEST_SECONDS, REQUESTS
from kernel.observability.spans import id_of_trace
from kernel.observability.tracing import Trace, tracing

HEADER = "X-Request-ID"
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
NOWHERE = "nowhere"
logger = logging.getLogger("library.requests")


class Watched:
    """Middleware, the outermost: gives each request its id, which all events carry that are published in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = id_of(request.META)
        with tracing(Trace(request_id)):
            response = self._get_response(request)
            response[HEADER] = str(request_id)
            method = request.method if request.method in METHODS else "other"
            code = getattr(response, "refusal", "")
            note_answer(method, route_of(request), response.status_code, time.perf_counter() - started, code)
        return response


def id_of(given_with: Mapping[str, Any]) -> uuid.UUID:
    """The trace that a caller is in, where spans are kept; the id that the proxy gave, if it is one; else a new one."""
    if traced := id_of_trace(given_with.get("HTTP_TRACEPARENT", "")):
        return traced
    given = given_with.get("HTTP_X_REQUEST_ID", "")
    if 32 <= len(given) <= 36:
        with suppress(ValueError):
            return uuid.UUID(given)
    return uuid.uuid4()


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, such as `api/v1/loans/<id:pk>`: never the address itself, which names people."""
    match = request.resolver_match
    if match is None or getattr(match.func, "__wrapped__", match.func) is nowhere:
        return NOWHERE
    return match.route or ("/" if request.path_info == "/" else NOWHERE)


@cache
def _counters(method: str | None, route: str, status: int) -> tuple[Counter, Histogram]:
    """Found once: looking them up by their labels each time took longer than counting."""
    return REQUESTS.labels(method, route, status), REQUEST_SECONDS.labels(method, route)


def note_answer(method: str | None, route: str, status: int, seconds: float, code: str = "", **more: Any) -> None:
    """Counts an answer, and logs it: its line has `more` too. `code` is that of a refusal."""
    count, took = _counters(method, route, status)
    count.inc()
    took.observe(seconds)
    values = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1), **more}
    if code:
        REFUSALS.labels(code).inc()
        values["code"] = code
    logger.info("%s %s %s", method, route, status, extra=values)
