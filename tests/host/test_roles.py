"""Two roles of a PostgreSQL of one's own: made by one command, put in order again after a restore under other names."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings

from thidua.host import cluster, postgres, roles
from thidua.host.process import HostError

HOME = Path(os.environ["THIDUA_HOME"])
NUMBER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
FIRST = roles.Roles(f"{NUMBER} chủ", f"{NUMBER}-app", "mật khẩu'1", 'quote"d', f"first {NUMBER}")
SECOND = roles.Roles(f"{NUMBER}_other", f"{NUMBER}_service", "x" * 30, "y" * 30, f"second_{NUMBER}")
WRITE = """
import django; django.setup()
from tests.fixtures import make_world, submitted
from django.db import connection
submitted(make_world())
with connection.cursor() as cursor:
    cursor.execute("select current_user"); print(cursor.fetchone()[0])
"""


def address(known: roles.Roles, role: str) -> str:
    name, password = (known.owner, known.owner_password) if role == "owner" else (known.app, known.app_password)
    return f"postgresql://{quote(name)}:{quote(password)}@/{quote(known.database)}?host={cluster.socket_folder(HOME)}"


def superuser(database: str = "postgres") -> str:
    return postgres.url(HOME, "superuser", database)


def run(known: roles.Roles, home: Path, *words: str) -> str:
    """What a process of this installation says."""
    ours = {"DATABASE_URL": address(known, "app"), "DATABASE_OWNER_URL": address(known, "owner")}
    ours |= {"THIDUA_HOME": str(home), "THIDUA_HTTP": "1", "DJANGO_SETTINGS_MODULE": "thidua.config.settings"}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("THIDUA_", "DATABASE_"))}
    source = settings.ROOT.parent
    path = os.pathsep.join([str(source), str(source.parent)])
    command = [sys.executable, *words] if words[0] == "-c" else [sys.executable, "-m", "thidua.config.cli", *words]
    done = subprocess.run(command, env={**kept, "PYTHONPATH": path, **ours}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def forget(known: roles.Roles) -> None:
    with psycopg.connect(superuser(), autocommit=True) as server:
        name = roles._name
        server.execute(f"drop database if exists {name(known.database)} with (force)")
        for role in (known.owner, known.app):
            if server.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                server.execute(f"drop owned by {name(role)}")
                server.execute(f"drop role {name(role)}")


@pytest.fixture
def made():
    with contextlib.ExitStack() as end:
        folder = tempfile.mkdtemp(prefix="thidua-roles-")
        end.callback(shutil.rmtree, folder)
        for known in (FIRST, SECOND):
            end.callback(forget, known)
        yield Path(folder)


@pytest.mark.slow
def test_a_database_of_ones_own_is_set_up_used_and_restored_under_other_names(made):
    roles.make(FIRST, superuser())
    roles.make(FIRST, superuser())
    run(FIRST, made, "init")
    assert run(FIRST, made, "-c", WRITE).strip() == FIRST.app
    rows = run(FIRST, made, "ledger", "verify")

    # The printed statements make the other two; then the first one's dump is put in as the new owner.
    psql = [str(postgres.binary("psql")), "-q", "-X", superuser()]
    for _each in range(2):
        subprocess.run(psql, input=roles.script(SECOND), text=True, check=True, stderr=subprocess.DEVNULL)
    dump = made / "thidua.dump"
    environment = {**os.environ, "PGPASSWORD": FIRST.owner_password}
    bare = replace(FIRST, owner_password="")
    out = [str(postgres.binary("pg_dump")), "--format=custom", f"--file={dump}", address(bare, "owner")]
    subprocess.run(out, env=environment, check=True)
    into = [str(postgres.binary("pg_restore")), "--no-owner", "--no-privileges", "--no-comments", "--exit-on-error"]
    subprocess.run([*into, "--dbname", superuser(SECOND.database), str(dump)], check=True)
    roles.make(SECOND, superuser())
    run(SECOND, made, "init")
    assert run(SECOND, made, "ledger", "verify") == rows
    assert run(SECOND, made, "ledger", "anchor")
    with psycopg.connect(address(SECOND, "app")) as app:
        for statement in (
            "insert into ledger_seal (n, entry_id, way, hash) values (0, 0, 2, '')",
            "update ledger_entry set note = ''",
            "truncate people_person",
            "create table mine (id int)",
            "create temp table mine (id int)",
            "select ledger_guard()",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
            app.rollback()
        app.execute("update people_person set full_name = full_name")
    with psycopg.connect(superuser(SECOND.database)) as link:
        owners = "select distinct pg_get_userbyid(relowner) from pg_class where relnamespace = 'public'::regnamespace"
        assert link.execute(owners).fetchall() == [(SECOND.owner,)]


def test_no_password_stands_in_the_statements():
    text = roles.script(FIRST)
    assert FIRST.owner_password not in text
    assert FIRST.app_password not in text
    assert text.count("SCRAM-SHA-256$") == 2


@pytest.mark.parametrize(
    ("app", "owner", "sentence"),
    [
        ("", "", "embedded database makes its roles itself"),
        ("postgresql://a:b@h/d", "", "set both"),
        ("postgresql://a:b@h/d", "postgresql://a:c@h/d", "a role of its own"),
        ("postgresql://a@h/d", "postgresql://b:c@h/d", "passwords"),
    ],
)
def test_settings_that_name_no_two_roles_are_refused(app, owner, sentence):
    with pytest.raises(HostError, match=sentence):
        roles.of_addresses(app, owner)


def test_the_settings_are_read_as_they_are_written():
    assert roles.of_addresses(address(FIRST, "app"), address(FIRST, "owner")) == FIRST


# Root without its power over the rights of files is as any account here.
AS_ORDINARY = [] if os.geteuid() else ["setpriv", "--bounding-set=-dac_override"]


@pytest.mark.skipif(bool(AS_ORDINARY) and not shutil.which("setpriv"), reason="root here cannot give up its power")
def test_a_service_may_only_read_the_code():
    """Run as an account that cannot write there: compiled catalogues go into the home, and pages read them there."""
    folder = Path(tempfile.mkdtemp(prefix="thidua-read-only-"))
    code, home = folder / "src", folder / "home"
    shutil.copytree(settings.ROOT, code / "thidua", ignore=shutil.ignore_patterns("*.mo"))
    home.mkdir()
    subprocess.run(["chmod", "-R", "a-w,a+rX", str(code)], check=True)
    say = "import django; django.setup()\nfrom django.utils.translation import gettext as _; print(_('Trail'))"
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(code), "THIDUA_HOME": str(home), "THIDUA_HTTP": "1"}
    known["DJANGO_SETTINGS_MODULE"] = "thidua.config.settings"
    try:
        for words in (["-m", "thidua.config.cli", "catalogue", "compile"], ["-c", say]):
            command = [*AS_ORDINARY, sys.executable, *words]
            done = subprocess.run(command, env=known, cwd="/", capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == "Nhật ký hệ thống"
        assert not list(code.rglob("*.mo"))
    finally:
        subprocess.run(["chmod", "-R", "u+w", str(folder)], check=True)
        shutil.rmtree(folder)
