"""Messages leave the network, encrypted, and go nowhere else."""

from typing import Any

import pytest
from django.utils import timezone

from kernel.outgoing.addresses import AddressRefused, AddressUnknown, is_public, parts_of, resolved
from kernel.outgoing.persistent import PersistentConnections
from tests.people import Person
from tests.webhooks.receiver import Receiver
from tests.webhooks.sending import send_due
from webhooks.models import Attempt, Endpoint
from webhooks.services import register_endpoint

INSIDE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.7", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:10.0.0.1",
    "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.0.114.1", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_an_address_outside(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks",
        "//example.org/",
        "ftp://example.org/",
        "http://example.org/",
        "https://",
        "https:///hooks",
        "https://ada:secret@example.org/",
        "https://ada@example.org/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org/#part",
        "https://example.org/a b",
        "https://example.org/\r\nX-More: 1",
        "https://[::1/",
        "https://a..b/",
        "https://도서관.example/",
    ],
)
def test_an_address_that_is_refused_by_its_text(url: str, settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(AddressRefused):
        parts_of(url)


def test_an_address_that_is_taken(settings: Any) -> None:
    settings.DEBUG = False
    assert parts_of("https://hooks.example.org:8443/library?key=1").port == 8443


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "0x7f.1", "2130706433", "127.1"])
def test_no_way_of_writing_loopback_gets_through(host: str, settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(AddressRefused):
        resolved(host, 443)


def test_a_host_that_is_not_there() -> None:
    with pytest.raises(AddressUnknown):
        resolved("no-such-host.invalid", 443)


@pytest.mark.django_db
def test_registration_refuses_an_address_inside(settings: Any, ada: Person) -> None:
    settings.DEBUG = False
    with pytest.raises(AddressRefused):
        register_endpoint(url="https://127.0.0.1/", names=[], by_id=ada.id, now=timezone.now())
    assert not Endpoint.objects.exists()


@pytest.mark.django_db
def test_what_moved_inside_later_is_not_sent_to(
    endpoint: Endpoint, receiver: Receiver, happen: Any, settings: Any
) -> None:
    happen("P-1")
    settings.DEBUG = False
    Endpoint.objects.update(url=f"https://127.0.0.1:{receiver.port}/")
    assert send_due() == 1
    assert receiver.taken == []
    assert Attempt.objects.get().error == "AddressRefused"


def test_a_receiver_that_can_not_prove_who_it_is_gets_nothing(receiver: Receiver) -> None:
    answer = PersistentConnections(receiver.url.replace("http:", "https:")).post(b"{}", {})
    assert answer.status is None
    assert "SSL" in answer.error
    assert receiver.taken == []
