"""Messages leave encrypted, for whom the machine trusts: a real exchange by TLS on this machine."""

import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import trustme

from kernel.outgoing import posting
from kernel.outgoing.persistent import PersistentConnections
from tests.authorities import trusted_by
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture(autouse=True)
def to_this_machine(settings: Any) -> None:
    """Where messages may go in development only."""
    settings.DEBUG = True


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Whom the machine trusts."""
    return trusted_by(posting, monkeypatch)


@contextmanager
def encrypted(authority: trustme.CA, host: str = "localhost") -> Iterator[tuple[Receiver, str]]:
    """A receiver with a certificate of that host, and where it listens."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    with receiving("HTTP/1.1", context) as receiver:
        receiver.answers, receiver.body, receiver.headers = 200, b"thank you", {"Content-Length": "9"}
        yield receiver, f"https://localhost:{receiver.port}/hooks"


def outcomes(url: str, *ids: str) -> list[tuple[int | None, str]]:
    """Posts one after the other; of each the status, and the failure's name."""
    with closing(PersistentConnections(url)) as connections:
        answers = [connections.post(b"{}", {"webhook-id": one}) for one in ids]
    return [(answer.status, answer.error.partition(":")[0]) for answer in answers]


def test_messages_are_encrypted_and_keys_agreed_once_for_many(authority: trustme.CA) -> None:
    with encrypted(authority) as (receiver, url):
        assert outcomes(url, "a", "b", "c") == [(200, "")] * 3
        assert (receiver.ids, receiver.connections) == (["a", "b", "c"], 1)


@pytest.mark.usefixtures("authority")
def test_who_is_not_trusted_is_sent_nothing() -> None:
    with encrypted(trustme.CA()) as (receiver, url):
        assert outcomes(url, "a") == [(None, "SSLCertVerificationError")]
        assert receiver.taken == []


def test_who_has_another_name_is_sent_nothing(authority: trustme.CA) -> None:
    with encrypted(authority, "another.example") as (receiver, url):
        assert outcomes(url, "a") == [(None, "SSLCertVerificationError")]
        assert receiver.taken == []


def test_whom_the_machine_trusts_is_read_once_in_a_process() -> None:
    assert posting.tls_context() is posting.tls_context()
    assert posting.tls_context().verify_mode == ssl.CERT_REQUIRED
    assert posting.tls_context().check_hostname
