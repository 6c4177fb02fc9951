"""The parent of ``thidua run``: the database, the web server and the job worker start together and stop together.

Each child has a session of its own, so that Ctrl-C in the terminal reaches this process alone and the children stop in
order: first web and worker, which finish what they do, then the database. A child that dies is started again.
"""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from thidua.host import postgres, pulse, sizes, sweeping
from thidua.host.home import folder
from thidua.host.home import home as home_folder
from thidua.host.kinds import is_of_this_machine
from thidua.host.process import HostError, die_with_parent, die_with_parent_now, open_more_files
from thidua.host.variables import WrongSettings, read, value

ADDRESS = "127.0.0.1"
WEB = "web"
TICK_SECONDS = 0.2
SILENT_MILLISECONDS = "20000"
REVIVE_SECONDS = 2
STOP_SECONDS = 20
READY_SECONDS = 60
# A child that died this often within the window is not started again: everything stops.
DEATHS, WINDOW_SECONDS = 5, 60
LONGEST_PAUSE_SECONDS = 8
# After a kill of the former run its web server may still be finishing a request.
FORMER_RUN_SECONDS = 20


@dataclass
class Child:
    """A process to be kept alive (or, with ``once``, to be run to its end) and what is known of its deaths."""

    name: str
    command: list[str]
    once: bool = False
    process: subprocess.Popen | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))
    start_at: float = 0.0

    def start(self, environment: dict[str, str], descriptors: list[int]) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            # The database's lock goes along: after a kill of this process the child still ends its work on it.
            pass_fds=descriptors,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - this process has one thread
            start_new_session=True,
        )

    def signal(self, number: signal.Signals) -> None:
        """To the child and everything it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``thidua run``."""
    _add_port(parser)
    parser.add_argument("--empty", action="store_true", help="load no example data on the first start")


def add_arguments_of_web(parser: argparse.ArgumentParser) -> None:
    """The options of ``thidua web``."""
    _add_port(parser)
    parser.add_argument("--address", default=ADDRESS, help=f"where the proxy reaches it; default: {ADDRESS}")


def _add_port(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", default=str(value("PORT")), help="default: PORT or 8000")


def main(name: str, words: list[str]) -> int:
    """``thidua run`` and ``thidua web`` without loading Django in this process: a start is two seconds shorter."""
    parser = argparse.ArgumentParser(prog=f"thidua {name}")
    if name == "web":
        add_arguments_of_web(parser)
        return serve_web(**vars(parser.parse_args(words)))
    add_arguments(parser)
    return serve(**vars(parser.parse_args(words)))


def serve_web(port: str, address: str) -> int:
    """The web server alone, watched and started again: for a service beside one of ``thidua worker``."""
    home = home_folder()
    _check_address(address)
    number = check_port(port, home, address)
    stop = _listen_to_signals()
    open_more_files()
    environment = {**os.environ, "THIDUA_WITH_PARENT": "1", "PYTHONUNBUFFERED": "1"}
    lock = _held(home)
    children = [Child("looking the settings through", thidua("check", "--deploy", "--tag", "serving"), once=True)]
    try:
        if not _finish(children[0], environment, lock, stop):
            return 0 if stop() else 2
        children[:] = [Child(WEB, web_server(number, address))]
        return _watch(children, environment, lock, stop, f"{address}:{number}")
    finally:
        _stop_all(children, stop)
        if lock is not None:
            lock.close()


def serve(port: str, empty: bool) -> int:
    """Run in the home folder, with example data at the first start where a command for it exists."""
    if value("THIDUA_WITH_PARENT"):
        die_with_parent_now(signal.SIGTERM)
    can_fill = any(Path(__file__).parent.parent.glob("*/management/commands/demo.py"))
    return run(home_folder(), port, first_data=can_fill and not empty)


def run(home: Path, port: str, first_data: bool) -> int:
    """Serve on this machine until a signal comes or something keeps dying; the exit code says which."""
    number = check_port(port, home)
    stop = _listen_to_signals()
    open_more_files()
    environment = {**os.environ, "THIDUA_HTTP": "1", "THIDUA_WITH_PARENT": "1", "PYTHONUNBUFFERED": "1"}
    environment["THIDUA_BASE_URL"] = value("THIDUA_BASE_URL") or f"http://{ADDRESS}:{number}"
    lock = _held(home)
    children: list[Child] = []
    try:
        children.append(Child("setting up", thidua("init"), once=True))
        if not _finish(children[0], environment, lock, stop):
            return 0 if stop() else 1
        children[:] = _children(number, first_data)
        return _watch(children, environment, lock, stop, f"{ADDRESS}:{number}")
    finally:
        _stop_all(children, stop)
        if lock is not None:
            lock.close()
            postgres.wait_until_stopped(home)


def _held(home: Path) -> postgres.Lock | None:
    """The embedded database, where no other is named."""
    return None if value("DATABASE_URL") else postgres.hold(home)


def thidua(*words: str) -> list[str]:
    """Our own command line, by the interpreter that runs us."""
    return [sys.executable, "-m", "thidua.config.cli", *words]


def check_port(port: str, home: Path, address: str = ADDRESS) -> int:
    """The port as a number, or a clear sentence when it cannot be used."""
    number = read("PORT", port)
    deadline = time.monotonic() + FORMER_RUN_SECONDS
    while (problem := _port_problem(number, address)) and postgres.watched(home) and time.monotonic() < deadline:
        time.sleep(TICK_SECONDS)
    if problem:
        raise HostError(f"{problem} Stop what uses it, or choose another port: make run PORT={number % 65535 + 1}")
    return number


def _check_address(address: str) -> None:
    """Plain http, and with it debug pages and any host, are never for others, who could read along."""
    if value("THIDUA_HTTP") and not is_of_this_machine(address):
        raise WrongSettings(
            f"THIDUA_HTTP is for this machine alone, and others reach --address {address}. Without THIDUA_HTTP "
            "pages are answered over https alone, by a proxy in front."
        )


def _port_problem(number: int, address: str) -> str:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, number))
        except socket.gaierror:
            return f"{address} is no address of this machine."
        except PermissionError:
            return f"Port {number} may not be used by this account."
        except OSError:
            return f"Port {number} is already in use, perhaps by another thidua."
    return ""


def _listen_to_signals() -> Callable[[], int]:
    """Count the signals that ask us to stop; a second one asks to stop at once."""
    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, frame: received.append(got))
    return lambda: len(received)


def web_server(port: int, address: str = ADDRESS) -> list[str]:
    """The command of the web server."""
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", address, "--port", str(port), "--no-ws"]
    web += ["--workers", str(sizes.web_workers()), "--blocking-threads", str(sizes.threads())]
    # Lines at rest are many and cost nothing; one that says nothing for so long is shut. In HTTP/2 a body that was
    # broken off would hold its thread for ever, and a proxy speaks HTTP/1 to us anyway.
    web += ["--http", "1", "--backpressure", str(sizes.lines_in()), "--http1-header-read-timeout", SILENT_MILLISECONDS]
    web += ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "10"]
    # Its warning of many threads is not meant for threads that wait; that a process died is an error.
    return [*web, "--log-level", "error", "thidua.config.wsgi:application"]


def _children(port: int, first_data: bool) -> list[Child]:
    children = [Child(WEB, web_server(port)), Child("worker", thidua("worker"))]
    if first_data:
        children.append(Child("first data", thidua("demo", "--if-empty"), once=True))
    return children


def _finish(child: Child, environment: dict[str, str], lock: postgres.Lock | None, stop: Callable[[], int]) -> bool:
    """Run a child to its end; False when it failed or we were asked to stop."""
    child.start(environment, _descriptors(lock))
    while child.process.poll() is None:
        if stop():
            return False
        time.sleep(TICK_SECONDS / 4)
    if child.process.returncode:
        _say(f"{child.name} failed; the lines above say why.")
    return child.process.returncode == 0


def _watch(
    children: list[Child],
    environment: dict[str, str],
    lock: postgres.Lock | None,
    stop: Callable[[], int],
    place: str,
) -> int:
    """Start the children, start the dead ones again and replace what stands still, until we are asked to stop or one
    keeps dying."""
    announce_until = time.monotonic() + READY_SECONDS
    revive_at = look_at = 0.0
    sweeping.sweep(home_folder(), pulse.COUNTERS, pulse.COUNTER, is_old=lambda found: True)
    watch = pulse.Watch(folder(pulse.FOLDER), value("THIDUA_WEB_PATIENCE"))
    while not stop():
        now = time.monotonic()
        if lock is not None and now >= revive_at:
            lock.revive()
            revive_at = now + REVIVE_SECONDS
        for child in list(children):
            if child.process is None and now >= child.start_at:
                child.start(environment, _descriptors(lock))
            elif child.process is not None and child.process.poll() is not None:
                if child.once:
                    _note_end(child, children)
                elif not _plan_restart(child, now):
                    return 1
            elif child.name == WEB and child.process is not None and now >= look_at:
                _replace_frozen(watch, child.process.pid, now)
                look_at = now + pulse.EVERY_SECONDS
        if announce_until and _answers(place):
            _say(f"ready: http://{place}/   (Ctrl-C stops everything)")
            announce_until = 0
        elif announce_until and now > announce_until:
            _say(f"the web server has not answered for {READY_SECONDS} s; the lines above may say why.")
            announce_until = 0
        time.sleep(TICK_SECONDS)
    _say("stopping …")
    return 0


def _replace_frozen(watch: pulse.Watch, web: int, now: float) -> None:
    """The web server has a session of its own, so its process leads the group of all that it started."""
    for process in watch.replace_frozen(web, now):
        _say(f"web process {process} no longer answered and was ended; the server starts another.")


def _note_end(child: Child, children: list[Child]) -> None:
    if child.process.returncode:
        _say(f"{child.name} failed; everything else goes on.")
    children.remove(child)


def _plan_restart(child: Child, now: float) -> bool:
    """Remember the death and when to start again; False when the child keeps dying."""
    code = child.process.returncode
    child.signal(signal.SIGKILL)  # what it left behind would hold the port
    child.process = None
    child.deaths.append(now)
    if len(child.deaths) == DEATHS and now - child.deaths[0] < WINDOW_SECONDS:
        _say(f"{child.name} keeps dying (exit {code}); everything stops.")
        return False
    recent = sum(now - death < WINDOW_SECONDS for death in child.deaths)
    pause = min(2 ** (recent - 1), LONGEST_PAUSE_SECONDS)
    child.start_at = now + pause
    _say(f"{child.name} died (exit {code}); it starts again in {pause} s.")
    return True


def _stop_all(children: list[Child], stop: Callable[[], int]) -> None:
    """Ask all, wait, and end late ones; a second signal from the person ends the waiting."""
    asked = stop()
    running = [child for child in children if child.process is not None]
    for child in running:
        # Only the parent process of each: it knows how to end its own children.
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while any(child.process.poll() is None for child in running):
        if time.monotonic() > deadline or stop() > max(asked, 1):
            break
        time.sleep(TICK_SECONDS / 4)
    for child in running:
        child.signal(signal.SIGKILL)
        child.process.wait()


def _descriptors(lock: postgres.Lock | None) -> list[int]:
    return [] if lock is None else [lock.descriptor]


def _answers(place: str) -> bool:
    address, _colon, port = place.rpartition(":")
    with contextlib.suppress(OSError), socket.create_connection((address, int(port)), timeout=1) as link:
        link.settimeout(5)
        link.sendall(f"GET /healthz?alive HTTP/1.0\r\nHost: {place}\r\n\r\n".encode())
        return link.recv(5) == b"HTTP/"
    return False


def _say(text: str) -> None:
    print(f"thidua: {text}", file=sys.stderr, flush=True)  # noqa: T201
