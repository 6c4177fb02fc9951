"""The embedded database with real processes: shared, restarted, stopped, whatever is killed."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from thidua.host import cluster, postgres
from thidua.host.home import make

HOLD = "import sys; from pathlib import Path; from thidua.host import postgres\n"
HOLD += "lock = postgres.hold(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"


@pytest.fixture(scope="module")
def home():
    # Directly below the temporary folder: as root the database's account must be able to pass down to it.
    folder = make(Path(tempfile.mkdtemp(prefix="thidua-postgres-")))
    yield folder
    assert postgres.wait_until_stopped(folder)
    shutil.rmtree(folder)


@contextlib.contextmanager
def holder(home: Path):
    """Another process that holds the database until it is killed or its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def ask(home: Path, question: str, role: str = "owner"):
    with psycopg.connect(postgres.url(home, role)) as connection:
        return connection.execute(question).fetchone()[0]


def eventually(true, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def answers(home: Path) -> bool:
    try:
        return ask(home, "select 1") == 1
    except psycopg.OperationalError:
        return False


def server_pid(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def test_address_is_computed_without_a_server():
    assert postgres.url(Path("/srv/x"), "app") == (
        "postgresql://thidua_app@/thidua?host=/srv/x/postgres&passfile=/srv/x/pgpass"
    )
    assert postgres.url(Path("/srv/x"), "owner").startswith("postgresql://thidua_owner@/thidua?")


def test_a_deep_home_gets_a_short_socket_folder():
    deep = Path("/srv") / ("long-name/" * 20)
    assert len(str(postgres.socket_folder(deep))) < 60
    assert postgres.socket_folder(deep) == postgres.socket_folder(deep)
    assert postgres.socket_folder(deep) != postgres.socket_folder(deep / "other")


def test_unknown_account_path_is_refused_with_a_sentence(tmp_path):
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    stranger = cluster.Account("nobody", 65534, 65534, change=True)
    with pytest.raises(postgres.HostError, match="which cannot reach"):
        cluster.check_reachable(shut, stranger, "Choose another folder by THIDUA_HOME")


@pytest.mark.slow
def test_roles_extensions_and_locale(home):
    with postgres.hold(home):
        assert ask(home, "select current_user") == "thidua_owner"
        assert ask(home, "select current_user", "app") == "thidua_app"
        assert ask(home, "select lower('ĐẶNG THỊ')") == "đặng thị"
        names = ask(home, "select string_agg(extname, ' ' order by extname) from pg_extension")
        assert names == "btree_gist pg_trgm plpgsql unaccent"
        assert ask(home, "select rolcreatedb from pg_roles where rolname = current_user")
        assert not ask(home, "select rolcreatedb or rolsuper from pg_roles where rolname = current_user", "app")


@pytest.mark.slow
def test_application_reads_and_writes_the_owners_tables_but_cannot_empty_them(home):
    with postgres.hold(home):
        with psycopg.connect(postgres.url(home, "owner")) as owner:
            owner.execute("create table note (id serial primary key, text text)")
        with psycopg.connect(postgres.url(home, "app")) as app:
            app.execute("insert into note (text) values ('a')")
            app.execute("update note set text = 'b'")
        with psycopg.connect(postgres.url(home, "app")) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("truncate note")
        with psycopg.connect(postgres.url(home, "app")) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("create table mine (id int)")
        with psycopg.connect(postgres.url(home, "app")) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("create temp table mine (id int)")


@pytest.mark.slow
def test_a_database_made_by_the_owner_has_extensions_and_privileges(home):
    with postgres.hold(home):
        with psycopg.connect(postgres.url(home, "owner"), autocommit=True) as owner:
            owner.execute("create database fresh")
        with psycopg.connect(postgres.url(home, "owner", "fresh")) as owner:
            assert owner.execute("select unaccent('Đặng')").fetchone() == ("Dang",)
            owner.execute("create table note (id serial primary key)")
        with psycopg.connect(postgres.url(home, "app", "fresh")) as app:
            app.execute("insert into note default values")


@pytest.mark.slow
@pytest.mark.parametrize("role", cluster.ROLES)
def test_a_process_without_the_secret_is_refused(home, role):
    with postgres.hold(home):
        assert ask(home, "select 1", role) == 1
        bare = postgres.url(home, role).partition("&passfile=")[0]
        for password in ("", "guessed"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(bare, password=password, passfile="/dev/null")


@pytest.mark.slow
def test_the_secrets_are_for_this_account_alone_and_on_no_command_line(home):
    with postgres.hold(home):
        assert stat.S_IMODE(cluster.passwords(home).stat().st_mode) == 0o600
        for role in cluster.ROLES:
            secret = cluster._password(home, role)
            assert len(secret) == 64
            assert secret not in postgres.url(home, role)
            assert secret not in (home / "postgres.log").read_text()


@pytest.mark.slow
def test_a_long_log_is_shortened_while_the_server_runs(home):
    with postgres.hold(home):
        os.truncate(home / "postgres.log", postgres.LOG_LIMIT + 1)
        assert eventually(lambda: (home / "postgres.log").stat().st_size < 1000)
        assert ask(home, "select 1") == 1


TRUSTING = "local all all trust\nlocal replication all trust\n"


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["before there were any", "afterwards"])
def test_a_cluster_that_trusted_everybody_and_one_whose_secrets_are_lost_keep_their_data(home, lost):
    rules = home / "postgres" / "data" / "pg_hba.conf"
    with postgres.hold(home), psycopg.connect(postgres.url(home, "superuser"), autocommit=True) as server:
        server.execute("comment on database thidua is 'thidua 1'")
        server.execute("create table if not exists treasure as select 42 as n")
        server.execute("alter table treasure owner to thidua_owner")
        for name in cluster.ROLES.values():
            server.execute(f"alter role {name} password null")
    rules.write_text(TRUSTING)
    assert postgres.wait_until_stopped(home)
    if lost == "afterwards":
        rules.write_text("local all all scram-sha-256\n")
    cluster.passwords(home).unlink()
    with postgres.hold(home):
        assert ask(home, "select n from treasure") == 42
        assert ask(home, "select current_user", "app") == "thidua_app"
        assert "trust" not in rules.read_text()
        assert rules.stat().st_uid == (home / "postgres" / "data").stat().st_uid
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(postgres.url(home, "superuser").partition("&passfile=")[0], passfile="/dev/null")


@pytest.mark.slow
def test_runs_until_the_last_holder_is_gone(home):
    with holder(home), holder(home) as second:
        lock = postgres.hold(home)
        second.kill()
        lock.close()
        time.sleep(0.5)
        assert answers(home)
        assert not postgres.wait_until_stopped(home)
    assert postgres.wait_until_stopped(home)
    assert not answers(home)


@pytest.mark.slow
def test_a_killed_holder_leaves_nothing_behind(home):
    with holder(home) as only:
        pid = server_pid(home)
        only.send_signal(signal.SIGKILL)
    assert postgres.wait_until_stopped(home)
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.slow
def test_a_killed_server_comes_back_with_everything_committed(home):
    with postgres.hold(home):
        with psycopg.connect(postgres.url(home, "owner")) as owner:
            owner.execute("create table kept as select generate_series(1, 1000) as n")
        pid = server_pid(home)
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: answers(home) and server_pid(home) != pid)
        assert ask(home, "select count(*) from kept") == 1000


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's death signal is Linux only")
def test_a_killed_watcher_takes_the_server_along_and_is_revived(home):
    with postgres.hold(home) as lock:
        os.kill(parent_of(server_pid(home)), signal.SIGKILL)
        assert eventually(lambda: not postgres.watched(home))
        lock.revive()
        assert answers(home)
    assert postgres.wait_until_stopped(home)


@pytest.mark.slow
def test_a_stale_pid_of_a_stranger_does_not_stop_the_start(home):
    note = home / "postgres" / "data" / "postmaster.pid"
    with postgres.hold(home):
        left = note.read_text().splitlines()
    assert postgres.wait_until_stopped(home)
    note.write_text("\n".join([str(os.getpid()), *left[1:]]) + "\n")
    with postgres.hold(home):
        assert answers(home)


@pytest.mark.slow
def test_many_start_at_once(home):
    assert postgres.wait_until_stopped(home)
    with contextlib.ExitStack() as stack:
        starters = [
            subprocess.Popen([sys.executable, "-c", HOLD, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(4)
        ]
        for starter in starters:
            stack.enter_context(starter)
        assert [starter.stdout.readline() for starter in starters] == [b"held\n"] * 4
        for starter in starters:
            starter.stdin.close()
    assert postgres.wait_until_stopped(home)
