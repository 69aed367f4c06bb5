"""The first answers of a program work out what all later ones use: addresses, templates, words, parts of statements.

What is worked out before the fork is shared, and no process keeps its first caller waiting for it.
"""

import logging
from io import BytesIO
from typing import Any

from django.conf import settings

from library.operations.loaded_once.connecting import connect_as
from library.wsgi import application

PATHS = ("/health/ready", "/admin/login/", "/api/v1/books", "/api/v1/books/1/availability")
"""A page, a call and the databases' state. None of them begins a thread, as a look into the search index would."""


def answer_first_calls() -> None:
    """Asks the application, which ends its connections then; where it can't serve yet, it is not asked any further."""
    connect_as("command")
    logging.disable(logging.INFO)  # nobody has asked
    try:
        for path in PATHS:
            if _status_of(path) == 503:
                break
    finally:
        logging.disable(logging.NOTSET)
        connect_as("web")


def _status_of(path: str) -> int:
    said: list[str] = []

    def start_response(status: str, *_: Any) -> None:
        said.append(status)

    answer: Any = application(_asked(path), start_response)
    b"".join(answer)
    answer.close()
    return int(said[0].partition(" ")[0])


def _asked(path: str) -> dict[str, Any]:
    """As a browser asks that is not sent elsewhere first: by a name that the library answers to, over HTTPS."""
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SERVER_NAME": next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "127.0.0.1"),
        "SERVER_PORT": "443",
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(),
    }
