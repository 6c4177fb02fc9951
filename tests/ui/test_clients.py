"""Whose request it is, as proxies write it and as people try to write it."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from thidua.ui.clients import address_of, length_of

PROXY, CLIENT, LIAR = "10.0.0.1", "203.0.113.7", "198.51.100.66"


def seen(peer: str, *headers: str) -> str:
    """Two headers of one name come to a WSGI application as one with a comma."""
    meta = {"REMOTE_ADDR": peer} | ({"HTTP_X_FORWARDED_FOR": ",".join(headers)} if headers else {})
    return address_of(RequestFactory().get("/", **meta))


@pytest.fixture(autouse=True)
def one_proxy(settings):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/30"), ip_network("fd00::/64")]


@pytest.mark.parametrize(
    ("peer", "headers", "address"),
    [
        (PROXY, [CLIENT], CLIENT),
        (PROXY, [f"{LIAR}, {CLIENT}"], CLIENT),
        (PROXY, [LIAR, CLIENT], CLIENT),  # two headers
        (PROXY, [f"{LIAR}, {CLIENT}, 10.0.0.2"], CLIENT),  # a proxy behind a proxy
        (PROXY, [f"{LIAR}, {CLIENT}", "10.0.0.2, fd00::5"], CLIENT),
        (PROXY, [], PROXY),  # none
        (PROXY, [""], PROXY),
        (PROXY, [f"{LIAR}, unknown"], PROXY),  # garbage is not stepped over
        (PROXY, [f"{LIAR}, 10.0.0.999"], PROXY),
        (PROXY, [f"{LIAR}, {CLIENT},"], PROXY),
        (PROXY, ["10.0.0.2, 10.0.0.1"], "10.0.0.2"),
        (CLIENT, [LIAR], CLIENT),  # nobody's proxy
        (CLIENT, [LIAR, LIAR], CLIENT),
        (PROXY, ["2001:DB8:0:0::1"], "2001:db8::1"),
        (PROXY, ["[2001:db8::1]:4711"], "2001:db8::1"),
        (PROXY, ["fe80::1%eth0"], "fe80::1"),
        (PROXY, [f"{CLIENT}:4711"], CLIENT),
        (PROXY, [f"::ffff:{CLIENT}"], CLIENT),
        ("::ffff:10.0.0.1", [CLIENT], CLIENT),
        ("fd00::1", [CLIENT], CLIENT),
        ("", [LIAR], "127.0.0.1"),  # a socket in the file system
        ("xyz", [], "127.0.0.1"),
        (PROXY, ["1" * 100_000], PROXY),
        (PROXY, [f"{LIAR}," * 100_000 + CLIENT], CLIENT),
        (PROXY, ["٣.٣.٣.٣"], PROXY),
    ],
)
def test_the_client_is_the_right_most_hop_that_is_no_proxy_of_ours(peer, headers, address):
    assert seen(peer, *headers) == address


@pytest.mark.parametrize(
    ("said", "length"),
    [("120", 120), ("", 0), ("-5", 0), ("6x", 0), ("٣", 0), ("²", 0), ("9" * 5000, 10**20 - 1), (None, 0)],
)
def test_how_long_a_body_is_said_to_be(said, length):
    assert length_of({} if said is None else {"CONTENT_LENGTH": said}) == length


def test_without_trusted_proxies_the_header_is_nobodys(settings):
    settings.TRUSTED_PROXIES = []
    assert seen("127.0.0.1", CLIENT) == "127.0.0.1"
