"""Each page of the library of signing in is used on purpose, or is not there: a new version may bring others."""

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from thidua.people.library import ENTRANCE, INSTEAD, OWN, SHUT

# Without a name, so not there: old addresses of the library's.
NAMELESS = {f"account/social/{each}/" for each in ("login/cancelled", "login/error", "signup", "connections")}


def pages(patterns, prefix=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from pages(pattern.url_patterns, route)
        elif route.startswith("account/"):
            yield route, pattern.name


PAGES = list(pages(get_resolver().url_patterns))


def test_every_page_of_the_library_is_named():
    assert {name for _route, name in PAGES if name} == ENTRANCE | OWN | SHUT | INSTEAD.keys()
    assert {route for route, name in PAGES if not name} == NAMELESS
    kinds = [ENTRANCE, OWN, SHUT, INSTEAD.keys()]
    assert sum(map(len, kinds)) == len(frozenset().union(*kinds))


def test_what_stands_below_the_second_factor_asks_for_it():
    below = {name for route, name in PAGES if route.startswith("account/2fa/")}
    assert below - OWN == {"mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}


@pytest.mark.parametrize(
    "address", ["account/signup/", "account/login/code/confirm/", "account/3rdparty/signup/", *sorted(NAMELESS)]
)
def test_what_is_not_used_is_not_there(world, address):
    client = Client()
    for _n in range(2):
        assert client.get(f"/{address}").status_code == client.post(f"/{address}").status_code == 404
        client.force_login(world.an)
