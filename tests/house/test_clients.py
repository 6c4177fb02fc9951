"""The client's address is read in one place, and every limit asks there."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from allauth.core.internal.ratelimit import get_ip
from django.test import RequestFactory

import thidua

ROOT = Path(thidua.__file__).parent
READER = ROOT / "ui" / "clients.py"
HEADERS = ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "X_REAL_IP", "X-REAL-IP", "HTTP_FORWARDED")


@pytest.mark.parametrize("header", HEADERS)
def test_nobody_else_reads_where_a_request_comes_from(header):
    readers = {path for path in ROOT.rglob("*.py") if header in path.read_text(encoding="utf-8").upper()}
    assert readers <= {READER}


def test_the_library_of_signing_in_asks_the_same_reader(settings):
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", headers={"X-Forwarded-For": "203.0.113.7"})
    assert get_ip(request) == "10.0.0.9"
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.9/32")]
    assert get_ip(request) == "203.0.113.7"
