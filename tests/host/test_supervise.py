"""The supervisor with real processes: it starts, restarts and stops, whatever is killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from thidua.host import postgres, supervise
from thidua.host.home import make
from thidua.host.process import HostError
from thidua.host.variables import WrongSettings

# Stands in for web, worker and set-up: the supervisor under test is the real one, with the real database.
PROGRAM = """
    import sys
    from pathlib import Path
    from thidua.host import supervise

    home, port, web = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    supervise.LONGEST_PAUSE_SECONDS = 1
    supervise.thidua = lambda *words: [sys.executable, "-c", "pass"]
    worker = [sys.executable, "-c", "import time; time.sleep(600)", "worker-of", str(home)]
    supervise._children = lambda number, first_data: [
        supervise.Child("web", [sys.executable, "-c", web, port, str(home)]), supervise.Child("worker", worker)
    ]
    sys.exit(supervise.run(home, port, False))
"""
SERVES = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *words): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


@pytest.fixture
def home():
    folder = make(Path(tempfile.mkdtemp(prefix="thidua-run-")))
    yield folder
    assert postgres.wait_until_stopped(folder)
    shutil.rmtree(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Run:
    """A supervisor in a process of its own, and what it said."""

    def __init__(self, home: Path, port: int, web: str = SERVES):
        self.home, self.log = home, home / "said"
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        with open(self.log, "wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(PROGRAM), str(home), str(port), web],
                stdout=said,
                stderr=said,
                env=environment,
            )

    def said(self, text: str, seconds: float = 30) -> bool:
        return eventually(lambda: text in self.log.read_text(), seconds)

    def children(self) -> list[int]:
        """Web and worker: processes that name the home as their last word, the supervisor and watcher apart."""
        found = []
        for process in psutil.process_iter(["pid", "cmdline"]):
            words = process.info["cmdline"] or [""]
            if words[-1] == str(self.home) and "thidua.host.postgres" not in words:
                found.append(process.info["pid"])
        return found

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def start(home, port):
    runs = []

    def begin(**options) -> Run:
        runs.append(Run(home, port, **options))
        return runs[-1]

    yield begin
    for run in runs:
        run.process.kill()
        run.process.wait()


def eventually(true, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def server_pid(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def answers(home: Path) -> bool:
    try:
        with psycopg.connect(postgres.url(home, "app")):
            return True
    except psycopg.OperationalError:
        return False


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "²"])
def test_a_wrong_port_is_refused(port, tmp_path):
    with pytest.raises(WrongSettings, match=r"PORT: “.*” is not a number from 1 to 65535"):
        supervise.check_port(port, tmp_path)


def test_a_port_in_use_is_refused_before_anything_starts(port, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(HostError, match=f"Port {port} is already in use.*PORT={port + 1}"):
            supervise.check_port(str(port), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(start, home, number):
    run = start()
    assert run.said("ready: ")
    assert len(run.children()) == 2
    assert run.end(number) == 0
    assert run.children() == []
    assert not postgres.watched(home)


@pytest.mark.slow
def test_a_dead_child_starts_again(start):
    run = start()
    assert run.said("ready: ")
    before = set(run.children())
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert run.said("web died (exit -9); it starts again in 1 s.")
    assert eventually(lambda: len(run.children()) == 2 and not before & set(run.children()))
    assert run.end(signal.SIGTERM) == 0


@pytest.mark.slow
def test_all_stop_when_a_child_keeps_dying(start, home):
    run = start(web="raise SystemExit(3)")
    assert run.said("web keeps dying (exit 3); everything stops.", 60)
    assert run.process.wait(30) == 1
    assert run.children() == []
    assert not postgres.watched(home)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's death signal is Linux only")
def test_after_a_kill_nothing_is_left_and_the_next_run_starts_clean(start, home):
    run = start()
    assert run.said("ready: ")
    run.process.kill()
    run.process.wait()
    again = start()
    assert again.said("ready: ")
    assert len(again.children()) == 2
    assert again.end(signal.SIGTERM) == 0
    assert postgres.wait_until_stopped(home)


@pytest.mark.slow
def test_the_database_comes_back_even_when_its_watcher_is_killed(start, home):
    run = start()
    assert run.said("ready: ")
    server = psutil.Process(server_pid(home))
    server.parent().kill()
    assert eventually(lambda: not server.is_running() and answers(home))
    assert server_pid(home) != server.pid
    assert run.end(signal.SIGTERM) == 0
