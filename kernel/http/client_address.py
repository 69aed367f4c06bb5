"""From which address somebody calls: told in this one place, and never by the caller."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """The caller's address, or the network of an IPv6 one: whoever has one address there has all of its /64.

    Each of our `TRUSTED_PROXIES` adds the address that it was called from to `X-Forwarded-For`, at the end. What
    stands before those was sent by the caller, and counts for nothing; without proxies all of it does.
    """
    address = _parsed(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXIES:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-settings.TRUSTED_PROXIES :]
        address = _parsed(hops[0].strip()) or address
    return address


def _parsed(text: str) -> str | None:
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip.packed, 64), strict=False).network_address)
    return str(ip)
