"""A crowd at one door does not shut the others: the public, staff and probes have threads of their own."""

import contextlib
import socket
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from tests.failures.server import TOKEN, database_url, serving

from thidua.host import sizes
from thidua.people import actions as people

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def server(django_db_setup, tmp_path_factory):
    """One server for them all: whatever one crowd did to it, the next test finds it answering."""
    environment = {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.failures.slow_settings",
        "PYTHONPATH": f"{settings.ROOT.parent}:{ROOT}",
        "THIDUA_WEB_WORKERS": "1",
        "THIDUA_WEB_THREADS": "2",
        "SLOW_SECONDS": "1.5",
    }
    with serving(tmp_path_factory.mktemp("crowds"), **environment) as found:
        yield found


@pytest.fixture
def world(transactional_db):
    from tests.fixtures import make_world

    return make_world()


class Asked(threading.Thread):
    """One request beside the test."""

    def __init__(self, server, path: str, headers=None):
        super().__init__()
        self.server, self.path, self.headers = server, path, headers
        self.status, self.text, self.ended = 0, "", 0.0
        self.start()

    def run(self):
        self.status, self.text = self.server.ask("GET", self.path, self.headers)
        self.ended = time.monotonic()


def test_a_crowd_of_the_public_takes_no_thread_of_staff(server, world):
    crowd = [Asked(server, "/slow/public/") for _n in range(16)]  # one runs, twelve wait 3 s, three find no place
    time.sleep(0.5)
    staff = Asked(server, "/slow/staff/", server.headers(world.binh))
    probe = Asked(server, "/healthz")
    for each in (staff, probe, *crowd):
        each.join(30)
    assert staff.status == 200
    assert '"database": "ok"' in probe.text
    assert max(staff.ended, probe.ended) < max(each.ended for each in crowd)
    refused = [each for each in crowd if each.status == 503]
    assert len(refused) >= 3
    assert {each.status for each in crowd} == {200, 503}
    assert "Xin thử lại sau ít giây." in refused[0].text


def test_slow_bodies_hold_nothing_up(server, world):
    """More clients that never send the rest than there are threads, and people go on working."""
    head = b"POST /length/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nonly this"
    with contextlib.ExitStack() as stack:
        for _n in range(8):
            link = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            link.sendall(head)
        time.sleep(0.3)
        for _n in range(3):
            assert server.ask("GET", "/", server.headers(world.binh))[0] == 200
        assert server.ask("POST", "/length/", data={"a": "b"}) == (200, "3")


@pytest.mark.parametrize("cookie", ["csrftoken=" + TOKEN, f"csrftoken={TOKEN}; sessionid={'a' * 32}"])
def test_strangers_with_large_bodies_that_come_slowly_hold_nothing_up(server, world, cookie):
    """They are told before anything of the body is read, whatever session they make up; people go on working."""
    head = (
        f"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nCookie: {cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000000\r\n\r\nlogin="
    )
    with contextlib.ExitStack() as stack:
        links = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 10)) for _n in range(8)]
        for link in links:
            link.sendall(head.encode())
        for _n in range(3):
            assert server.ask("GET", "/", server.headers(world.binh))[0] == 200
        assert {link.recv(12) for link in links} == {b"HTTP/1.1 413"}


def test_a_program_that_sends_slowly_keeps_no_other_from_the_api(server, world):
    at = timezone.now()
    until = timezone.localdate(at)
    _token, secret = people.issue_token(unit=world.school, name="Một cửa", expires_on=until, by=world.an, at=at)
    head = (
        "POST /api/v1/records/dossiers/2023/batches/cham HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {secret}\r\nContent-Type: text/csv\r\nContent-Length: 2000000\r\n\r\nA,B\r\n"
    )
    with contextlib.ExitStack() as stack:
        for _n in range(3):
            link = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            link.sendall(head.encode())
        time.sleep(0.3)
        for _n in range(3):
            assert server.ask("GET", "/api/v1/datasets", {"Authorization": f"Bearer {secret}"})[0] == 200


def test_threads_borrow_connections_and_give_them_back(server, world):
    """Many threads have run; what is open is no more than may run at once, and nothing is held between requests."""
    headers = server.headers(world.binh)
    for each in [Asked(server, "/", headers) for _n in range(24)]:
        each.join(30)
        assert each.status == 200
    with connection.cursor() as cursor:
        cursor.execute(
            "select state, count(*) from pg_stat_activity where datname = current_database() "
            "and pid <> pg_backend_pid() group by state"
        )
        found = dict(cursor.fetchall())
    assert set(found) == {"idle"}
    assert found["idle"] <= sizes.connections()


def test_lines_at_rest_hold_nothing_up_and_none_speaks_http_2(server, world):
    """A stranger opens more connections than there are threads and says nothing, or half of a request."""
    with contextlib.ExitStack() as held:
        for number in range(500):
            line = held.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            if number % 2:
                line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: ")
        assert server.ask("GET", "/healthz?alive")[0] == 200
        line = held.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
        assert not line.recv(9).startswith(b"\0\0")  # no frame of settings


@pytest.mark.parametrize("path", ["/%E1%BA%A1/", "/people/units/%C4%91%C6%A1n-v%E1%BB%8B/", "/healthz%E1%BA%A1"])
def test_an_address_in_vietnamese_is_a_page(server, world, path):
    before = len(server.log.read_text())
    assert server.ask("GET", path)[0] in {302, 404}
    assert "Traceback" not in server.log.read_text()[before:]


def test_what_strangers_send_and_is_refused_is_a_line_a_minute(server, world):
    before = len(server.log.read_text())
    for _n in range(5):
        assert server.ask("GET", "/account/login/", {"Host": "evil.example"})[0] == 400
    log = server.log.read_text()[before:]
    assert "DisallowedHost" in log
    assert "Traceback" not in log
    assert log.count("Refused (DisallowedHost)") <= 2  # one of each process
