"""One GET from a service that the operator has named in the settings: bounded in time and size, never redirected."""

import http.client
import logging
import time
from contextlib import closing
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from kernel.outgoing.addresses import port_of
from kernel.outgoing.deadlines import cut_at
from kernel.outgoing.posting import tls_context
from kernel.waiting import waiting

logger = logging.getLogger(__name__)
TIMEOUT = 6.0
"""Seconds from the first packet to the last byte."""
LARGEST = 2_000_000


class NotFetchedError(Exception):
    """The service did not give what was asked for; the text says why, in the active language, and names no address."""


@waiting()
def fetch(url: str, *, accept: str) -> bytes:
    """The body of a 200, at most `LARGEST` bytes. Whatever stands in the way raises `NotFetchedError`.

    The address is the operator's, so it may be one of this network; nothing that is answered leads to another.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotFetchedError(_("the address is neither http nor https"))
    deadline = time.monotonic() + TIMEOUT
    place = parts.hostname, port_of(parts)
    secured = parts.scheme == "https"
    connection = (
        http.client.HTTPSConnection(*place, timeout=TIMEOUT, context=tls_context())
        if secured
        else http.client.HTTPConnection(*place, timeout=TIMEOUT)
    )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
        with closing(connection), cut_at(deadline, connection.sock, TIMEOUT):
            connection.request("GET", target, headers={"Accept": accept, "User-Agent": "library"})
            body = _body(connection.getresponse())
            if time.monotonic() >= deadline:  # without a length, what was cut off looks whole
                raise TimeoutError()
            return body
    except TimeoutError as error:
        raise NotFetchedError(_("no answer in time")) from error
    except (OSError, http.client.HTTPException) as error:
        logger.warning("%s gave no answer: %s: %s", parts.hostname, type(error).__name__, error)
        raise NotFetchedError(_("no connection")) from error


def _body(response: http.client.HTTPResponse) -> bytes:
    if response.status != http.client.OK:
        raise NotFetchedError(f"HTTP {response.status}")
    body = response.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise NotFetchedError(_("its answer is too large"))
    return body
