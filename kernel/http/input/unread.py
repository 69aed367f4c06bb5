"""The body of a request that no thread could read."""

from io import BytesIO
from typing import Any, NoReturn

from kernel.http.problems import PleaseWait

UNREAD = "library.unread"
"""Among a request's variables where its body was not read."""


class _Unread(BytesIO):
    """Whoever reads it asks the caller to wait."""

    def read(self, *_size: Any) -> NoReturn:
        """Raises `PleaseWait`."""
        raise PleaseWait

    readline = read


def leave_unread(environ: dict[str, Any]) -> None:
    """The request can be answered, by whoever needs no body and otherwise by `PleaseWait`."""
    environ.update({"wsgi.input": _Unread(), "CONTENT_LENGTH": environ.get("CONTENT_LENGTH") or "1", UNREAD: True})
