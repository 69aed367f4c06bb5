"""Which addresses messages may go to: public ones, encrypted. On a developer's machine any."""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel.refusals import Refused

TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""IPv6 addresses that a NAT64 gateway translates to IPv4 ones."""


class AddressRefused(Refused):
    code = "address_refused"
    sentence = _(
        "Messages can't be sent to that address: it must be an https address outside of this network, "
        "without user name, password or fragment."
    )


class AddressUnknown(Refused):
    code = "address_unknown"
    sentence = _("There is no host of that name: %(host)s")


def parts_of(url: str) -> SplitResult:
    """The parts of an address that messages may be sent to, judged by its text alone.

    Raises `AddressRefused`.
    """
    try:
        parts = urlsplit(url)
        whole = bool(parts.hostname and parts.hostname.encode("idna") and parts.port != 0)
    except ValueError as error:
        raise AddressRefused() from error
    schemes = {"http", "https"} if settings.DEBUG else {"https"}
    if not whole or parts.scheme not in schemes or "@" in parts.netloc or parts.fragment or not _is_visible(url):
        raise AddressRefused()
    return parts


def resolved(host: str, port: int) -> list[str]:
    """The IP addresses of a host. Raises `AddressUnknown`, and `AddressRefused` when one is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressUnknown(host=host) from error
    addresses = [str(answer[4][0]) for answer in found]
    if not (settings.DEBUG or all(map(is_public, addresses))):
        raise AddressRefused()
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address is public, also when an IPv4 address is embedded in it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        packed = ip.ipv4_mapped or ip.sixtofour
        if any(ip in network for network in TRANSLATED):
            return False
        ip = packed or ip
    return ip.is_global and not ip.is_multicast


def port_of(parts: SplitResult) -> int:
    """The port of an address, given or implied."""
    return parts.port or (443 if parts.scheme == "https" else 80)


def _is_visible(url: str) -> bool:
    return url.isascii() and url.isprintable() and " " not in url
