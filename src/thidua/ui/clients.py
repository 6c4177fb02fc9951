"""Whose request it is: the address that limits count and that the list of sign-ins shows; and how much it brings.

Each proxy writes the address that it sees at the right end of ``X-Forwarded-For``; what stands left of that, anybody
may have written. So the line is read from the right, past proxies of ours alone (``settings.TRUSTED_PROXIES``).
"""

from __future__ import annotations

import ipaddress
import re

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
HERE = ipaddress.ip_address("127.0.0.1")
LONGEST, HOPS = 2000, 20  # of a header that anybody may send: what is beyond, at its left, is not looked at
HANDED_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
WITH_PORT = re.compile(r"(?:\[([0-9a-fA-F:.]{2,45})\]|([0-9.]{7,15}))(?::\d{1,5})?")


def address_of(request) -> str:
    """The address of the right-most hop that is no proxy of ours, in its shortest form, IPv4 or IPv6.

    Where a proxy wrote nothing that is an address, it is the proxy's own.
    """
    found = _address(request.META.get("REMOTE_ADDR", "")) or HERE  # a socket in the file system has none
    for text in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "")[-LONGEST:].split(",")[-HOPS:]):
        hop = _address(text)
        if not _is_ours(found) or hop is None:
            break
        found = hop
    return str(found)


def is_this_machine(request) -> bool:
    """Whether a process of this machine asks for itself: no proxy that runs here hands on what others ask."""
    is_handed_on = any(name in request.META for name in HANDED_ON)
    return not is_handed_on and ipaddress.ip_address(address_of(request)).is_loopback


def length_of(environ) -> int:
    """How long the body of a request is said to be; 0 where nothing is said that is a length."""
    text = environ.get("CONTENT_LENGTH") or "0"
    return int(text[:20]) if text.isascii() and text.isdigit() else 0


def _is_ours(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def _address(text: str) -> Address | None:
    """Of what proxies write: with a port, in brackets, of IPv4 within IPv6, with the name of a network card."""
    text = text.strip()
    if parts := WITH_PORT.fullmatch(text):
        text = parts[1] or parts[2]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
