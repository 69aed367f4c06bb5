"""What the log's two forms tell of errors, of other people's loggers, and of requests."""

import json
import logging
import subprocess
import sys
import uuid
from typing import Any

import pytest
from django.db import OperationalError

from kernel.observability.logs import Json, Line, log_settings
from kernel.observability.tracing import Trace, tracing
from library.settings import BASE_DIR

NAME = "한비야"


def record(message: str, *args: Any, name: str = "library", **more: Any) -> logging.LogRecord:
    """A record as a logger makes it."""
    made = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, more.pop("exc_info", None))
    vars(made).update(more)
    return made


def as_json(made: logging.LogRecord) -> dict[str, Any]:
    """The record in the form for machines."""
    return dict(json.loads(Json().format(made)))


def error_of(cause: Exception, error: Exception) -> Any:
    """An error that another one led to."""
    try:
        try:
            raise cause
        except type(cause):
            raise error  # noqa: B904  as it happens by accident
    except type(error):
        return sys.exc_info()


def test_an_error_is_told_by_its_kind_and_its_place_but_not_in_its_words() -> None:
    told = as_json(record("it broke", exc_info=error_of(KeyError(NAME), ValueError(NAME))))["error"]
    assert "KeyError" in told.partition("ValueError")[0]
    assert "in error_of" in told
    assert NAME not in json.dumps(told, ensure_ascii=False)


def test_what_a_server_that_is_away_said_is_told_in_its_first_line() -> None:
    away = error_of(OSError(), OperationalError(f"connection refused\nDETAIL: Key (name)=({NAME})"))
    told = as_json(record("it broke", exc_info=away))["error"]
    assert told.endswith("OperationalError: connection refused")


def test_on_a_terminal_an_error_is_told_in_full() -> None:
    assert f"ValueError: {NAME}" in Line("%(message)s").format(
        record("it", exc_info=error_of(OSError(), ValueError(NAME)))
    )


def test_what_others_hang_on_a_record_is_not_told() -> None:
    assert NAME not in json.dumps(as_json(record("well", patron=NAME, event="BookBorrowed")), ensure_ascii=False)
    assert as_json(record("well", event="BookBorrowed"))["event"] == "BookBorrowed"


def test_the_address_that_django_tells_is_told_as_its_pattern(rf: Any) -> None:
    request = rf.get(f"/nowhere/{NAME}")
    told = as_json(record("%s: %s", "Internal Server Error", request.path, name="django.request", request=request))
    assert told["message"] == "Internal Server Error: nowhere"


def test_the_result_that_the_task_queue_tells_is_left_out() -> None:
    assert as_json(record(f"Failed 'a.b' (c) - {NAME} : Traceback", name="django-q"))["message"] == "Failed 'a.b' (c)"


@pytest.mark.parametrize("told_by", ["the trace in force", "the record"])
def test_a_line_has_the_id_of_its_request(told_by: str) -> None:
    request_id = uuid.uuid4()
    with tracing(Trace(request_id if told_by == "the trace in force" else uuid.uuid4())):
        own = {"request_id": str(request_id)} if told_by == "the record" else {}
        assert as_json(record("well", **own))["request_id"] == str(request_id)
        assert str(request_id) in Line("%(request_id)s").format(record("well", **own))
    assert "request_id" not in as_json(record("well"))


def test_each_logger_may_have_a_level_of_its_own() -> None:
    made = log_settings("json", "WARNING", lending="DEBUG")
    assert made["root"]["level"] == "WARNING"
    assert made["loggers"]["lending"] == {"level": "DEBUG"}


@pytest.mark.parametrize(
    ("environment", "form"),
    [
        ({}, "line"),
        ({"DEBUG": "0"}, "json"),
        ({"DEBUG": "0", "LOG_FORMAT": "line"}, "line"),
        ({"LOG_FORMAT": "xml"}, ""),
    ],
)
def test_machines_read_the_log_of_production(environment: dict[str, str], form: str) -> None:
    program = "from library.settings import LOGGING; print(LOGGING['handlers']['console']['formatter'])"
    needed = {"SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "library.example.org", "PATH": "/bin"}
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=BASE_DIR, env={**needed, **environment}, capture_output=True, text=True
    )
    assert ran.stdout.strip() == form
    assert form or "LOG_FORMAT is json or line, not 'xml'." in ran.stderr
