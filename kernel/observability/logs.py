"""The log's formats. They need neither Django nor the settings, so the workers' supervisor uses them too.

In JSON nothing names a person: no URL that was requested, no text of an error. On a developer's terminal (`line`)
errors are shown in full.
"""

import logging
import traceback
from datetime import UTC, datetime
from typing import Any

import msgspec

from kernel.observability.tracing import request_in_force

FORMS = ("json", "line")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
FIELDS = ("event", "event_id", "handler", "method", "route", "status", "ms", "code")
"""The fields of a record that are logged beside its message."""
encoded = msgspec.json.Encoder(enc_hook=str).encode
SAFE_ERRORS = {"OperationalError", "InterfaceError", "RedisError", "ConnectionError", "TimeoutError"}
"""Errors whose first line is about servers; those of others may quote what somebody typed."""

# None of it is logged, and it takes as long as the rest of a record: Python's logging HOWTO, "Optimization".
logging._srcfile = None
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def log_settings(form: str, level: str, **levels: str) -> dict[str, Any]:
    """For `logging.config.dictConfig`: everything to standard error in that format, from that level on.

    `levels` are those of single loggers.
    """
    own = {name: {"level": least} for name, least in levels.items()}
    line = {
        "()": "kernel.observability.logs.Line",
        "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line, "json": {"()": "kernel.observability.logs.Json"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO"},
            "django.request": {"level": "ERROR"},  # the line that each request gets has the rest
            "axes": {"level": "WARNING"},
            "django-q": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},  # each step of making a subset of a font
            "pyBarcode": {"level": "WARNING"},  # it says at each start that it draws no pictures, which nobody asks for
            **own,
        },
    }


class Line(logging.Formatter):
    """For a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and an error's trace below it."""
        record.request_id = _request_id(record) or "-"
        return super().format(record)


class Json(logging.Formatter):
    """For machines: one object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The object with the members that a record has."""
        record.message = record.getMessage()
        own = vars(record)
        members = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **({"request_id": request_id} if (request_id := _request_id(record)) else {}),
            **{name: own[name] for name in FIELDS if name in own},
            **({"error": self.formatException(record.exc_info)} if record.exc_info else {}),
        }
        return encoded(members).decode()

    def formatException(self, ei: Any) -> str:  # noqa: N802  Python's name
        """Where it happened, and what kind of error it was."""
        parts, error = [], ei[1]
        while error:
            parts.append("".join(traceback.format_tb(error.__traceback__)) + _named(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(reversed(parts))


def _request_id(record: logging.LogRecord) -> str:
    given = getattr(record, "request_id", None) or request_in_force()
    return str(given) if given else ""


def _message(record: logging.LogRecord) -> str:
    """Without the URL that was requested, which Django logs, and without a task's result, which django-q logs."""
    request: Any = getattr(record, "request", None)
    if request is not None:
        match = getattr(request, "resolver_match", None)
        route = (match.route if match else "") or "nowhere"
        escaped = request.path.encode("unicode_escape").decode()  # as Django logs what is not ASCII
        return record.message.replace(request.path, route).replace(escaped, route)
    return record.message.partition(" - ")[0] if record.name == "django-q" else record.message


def _named(error: BaseException) -> str:
    name = type(error).__name__
    is_safe = any(base.__name__ in SAFE_ERRORS for base in type(error).__mro__)
    return f"{name}: {str(error).strip().partition(chr(10))[0]}" if is_safe else name
