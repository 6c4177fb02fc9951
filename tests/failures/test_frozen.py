"""One request holds a web process for good: the process is replaced, and everybody else is answered."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from tests.failures.server import free_port

from thidua.host import home, pulse, supervise

PATIENCE = 2


@pytest.fixture
def web(tmp_path):
    """``thidua web`` without a database, and what it says."""
    place, port = home.make(tmp_path / "home"), free_port()
    known = {key: value for key, value in os.environ.items() if not key.startswith(("THIDUA_", "DATABASE_"))}
    ours = {
        "THIDUA_HOME": str(place),
        "THIDUA_HTTP": "1",
        "THIDUA_WEB_PATIENCE": str(PATIENCE),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "DJANGO_SETTINGS_MODULE": "tests.failures.frozen_settings",
        "PYTHONPATH": f"{settings.ROOT.parent}{os.pathsep}{Path(__file__).parents[2]}",
    }
    (place / "static").mkdir()
    log = tmp_path / "said"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "thidua.config.cli", "web", "--port", str(port)],
            env={**known, **ours},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    try:
        assert eventually(lambda: "ready: " in log.read_text()), log.read_text()
        yield port, place, log
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def eventually(true, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def ask(port: int, path: str, timeout: float) -> bool:
    """Whether it was answered."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)) as link:
        try:
            link.request("GET", path)
            return link.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False


@pytest.mark.slow
def test_a_process_that_a_request_holds_is_replaced_and_others_are_answered(web):
    port, place, log = web
    assert eventually(lambda: len(list((place / "run").glob("web-*.beat"))) == 2)
    freezers = [threading.Thread(target=ask, args=(port, "/freeze", 30)) for _each in range(6)]
    for each in freezers:
        each.start()
    began = time.monotonic()
    assert eventually(lambda: log.read_text().count("no longer answered and was ended") >= 1), log.read_text()
    assert eventually(lambda: ask(port, "/healthz?alive", 3))
    assert time.monotonic() - began < PATIENCE + 25
    for each in freezers:
        each.join(40)
    assert pulse.replaced(place / "run", since=time.time() - 60) >= 1
    assert eventually(lambda: all(ask(port, "/healthz?alive", 3) for _each in range(20)))


def test_a_process_that_beats_or_has_just_begun_is_left_alone(tmp_path, sleeper):
    watch = pulse.Watch(tmp_path, patience=20)
    file = tmp_path / f"web-{sleeper.pid}.beat"
    for second in range(60):
        file.touch()
        os.utime(file, ns=(second, second))
        assert watch.replace_frozen(sleeper.pid, float(second)) == []
    assert watch.replace_frozen(sleeper.pid, 69.0) == []
    assert watch.replace_frozen(sleeper.pid, 78.0) == []
    assert watch.replace_frozen(sleeper.pid, 80.0) == [sleeper.pid]
    assert sleeper.wait(10) == -signal.SIGKILL


def test_a_supervisor_that_slept_itself_ends_nobody(tmp_path, sleeper):
    watch = pulse.Watch(tmp_path, patience=20)
    (tmp_path / f"web-{sleeper.pid}.beat").touch()
    assert watch.replace_frozen(sleeper.pid, 0.0) == []
    assert watch.replace_frozen(sleeper.pid, 3600.0) == []
    assert sleeper.poll() is None


def test_processes_of_others_are_never_ended_and_files_of_dead_ones_go(tmp_path, sleeper):
    watch = pulse.Watch(tmp_path, patience=1)
    stranger, dead, other = tmp_path / f"web-{os.getpid()}.beat", tmp_path / "web-4194303.beat", tmp_path / "web-x.beat"
    for each in (stranger, dead, other):
        each.touch()
    for second in range(5):
        assert watch.replace_frozen(sleeper.pid, second / 2.5) == []
    assert (stranger.exists(), dead.exists(), other.exists()) == (True, False, True)


@pytest.fixture
def sleeper():
    process = subprocess.Popen(["/bin/sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_requests_that_all_wait_for_ever_stop_the_beat():
    ours = pulse.Pulse()
    with ours.request(), ours.request():
        later = time.monotonic() + pulse.STUCK_SECONDS + 1
        assert ours.is_stuck(2, later)
        assert not ours.is_stuck(3, later)
        assert not ours.is_stuck(2, time.monotonic())
    assert not ours.is_stuck(1, time.monotonic() + 1e6)


def test_web_takes_the_address_of_the_proxy(tmp_path):
    assert "0.0.0.0" in supervise.web_server(8000, "0.0.0.0")
    with pytest.raises(supervise.HostError, match="is no address of this machine"):
        supervise.check_port("8000", home.make(tmp_path / "home"), "no-such-host.invalid")
