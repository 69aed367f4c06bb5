"""Bodies as they come: without their length, in chunks over HTTP/1.1 or in frames over HTTP/2; or broken off, when the
caller is gone before the last of it. granian tells of neither: it ends such a body as if that were all of it.
"""

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any

from django.conf import settings

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
REST = "library.rest"
"""Among a request's variables what is left of its body: a server ends a request of which that is dropped."""
WITHOUT_BODY = {"GET", "HEAD", "OPTIONS", "TRACE"}


class WholeBodies:
    """WSGI middleware: reads such a body and adds its length, since Django takes one without for an empty one.

    Nothing is read beyond the limit for bodies; one that goes on there is too large for every view that reads it.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("CONTENT_LENGTH") and environ["REQUEST_METHOD"] not in WITHOUT_BODY:
            take_in(environ)
        return self._application(environ, start_response)


def take_in(environ: dict[str, Any]) -> bool:
    """Reads a body into memory: as much as was said, or as may come where nothing was said; whether no more may come.
    Raises `BrokenOff`."""
    length, limit, stream = length_of(environ), settings.DATA_UPLOAD_MAX_MEMORY_SIZE, environ["wsgi.input"]
    body = _read(stream, limit + 1 if length is None else length)
    environ["wsgi.input"] = BytesIO(body)
    if length is None:
        environ |= {"CONTENT_LENGTH": str(len(body)), REST: stream}
    elif len(body) < length:
        raise BrokenOff
    return length is not None or len(body) <= limit


class BrokenOff(OSError):
    """A body ended before its length. Django makes an `UnreadablePostError` of it."""


class Counted:
    """A body that is read as it comes, of which the length was said. Raises `BrokenOff` where it ends before."""

    def __init__(self, stream: Any, length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer only behind the last one."""
        wanted = self._left if size < 0 else min(size, self._left)
        return self._counted(_read(self._stream, wanted), wanted)

    def readline(self, size: int = -1) -> bytes:
        """The same, to the end of a line."""
        line = self._stream.readline(self._left if size < 0 else min(size, self._left))
        return self._counted(line, len(line) or self._left)

    def _counted(self, part: bytes, wanted: int) -> bytes:
        self._left -= len(part)
        if len(part) < wanted:
            raise BrokenOff
        return part


def length_of(environ: Mapping[str, Any]) -> int | None:
    """Bytes of the body, where that was said."""
    said = environ.get("CONTENT_LENGTH") or ""
    return int(said) if said.isdecimal() else None


def _read(stream: Any, most: int) -> bytes:
    """The body to its end, or so many bytes of it."""
    parts = []
    while most > 0 and (part := stream.read(most)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)
