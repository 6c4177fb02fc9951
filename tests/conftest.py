"""One database and one home folder of its own for the whole run; every worker of xdist holds the same database.

The settings module is named here and not in pyproject.toml, because settings read the environment set here first.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from thidua.host import home

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
if not IS_WORKER:
    # A folder directly below the temporary one: as root the database's account must be able to pass down to it.
    os.environ["THIDUA_HOME"] = tempfile.mkdtemp(prefix="thidua-tests-")
os.environ["DJANGO_SETTINGS_MODULE"] = "thidua.config.settings"
os.environ["THIDUA_HTTP"] = "1"
os.environ["THIDUA_AS_OWNER"] = "1"  # tests make their own databases
os.environ.pop("THIDUA_DEBUG", None)
# Tests start hundreds of processes. Where bytecode may not be kept each compiles all that it imports anew: four times
# as long as its start takes otherwise.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

HOME = Path(os.environ["THIDUA_HOME"])
LEDGER = ("ledger_entry", "ledger_seal")
_held, _migrating = pytest.StashKey(), pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    home.make(HOME)
    (HOME / "static").mkdir(exist_ok=True)  # WhiteNoise warns about a missing folder
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SIGNS_KEPT_FOR = 0
    _let_the_ledger_be_flushed()
    if not IS_WORKER:
        _make_files()
    if not os.environ.get("DATABASE_URL"):
        from thidua.host import postgres

        config.stash[_held] = postgres.hold(HOME)
        if not IS_WORKER:
            _do_not_wait_for_the_disk(postgres.url(HOME, "superuser", "postgres"))
            if config.option.dist != "no":
                from tests import migrated

                config.stash[_migrating] = migrated.begin(HOME)


@pytest.hookimpl(trylast=True)  # after they were shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first: one that begins last keeps its worker when the others have nothing left to do."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_unconfigure(config: pytest.Config) -> None:
    lock = config.stash.get(_held, None)
    if lock is None:
        return
    if process := config.stash.get(_migrating, None):
        process.kill()
        process.wait()
    _close_connections()
    lock.close()
    if not IS_WORKER:
        from thidua.host import postgres

        postgres.wait_until_stopped(HOME)
        shutil.rmtree(HOME, ignore_errors=True)


def _do_not_wait_for_the_disk(superuser: str) -> None:
    """This database is thrown away; those that tests kill have homes of their own, and are as durable as they come."""
    import psycopg

    with psycopg.connect(superuser, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"alter system set {setting} = off")
        connection.execute("select pg_reload_conf()")


def _close_connections() -> None:
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.inc_thread_sharing()
        connection.close()


def _make_files() -> None:
    """What is not in the repository: compiled catalogues, because tests read Vietnamese pages, and front-end files."""
    from thidua.ui import catalogue, front

    catalogue.compile_all()
    front.gather(HOME / "front")


def _let_the_ledger_be_flushed() -> None:
    """Tests with real transactions flush by TRUNCATE, which the ledger refuses; only the flush may pass. Django knows
    the tables of jobs as somebody else's and leaves them, so that the next test would find jobs of the last."""
    import django.db.models  # noqa: F401 - Django's own modules are to be imported in this order
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.sql_flush

    def sql_flush(self, style, tables, *, reset_sequences=False, allow_cascade=False):
        statements = flush(self, style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
        guarded = [table for table in LEDGER if table in tables]
        if not statements or not guarded:
            return statements
        return [
            *(f"ALTER TABLE {table} DISABLE TRIGGER append_only" for table in guarded),
            *statements,
            "TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE",
            *(f"ALTER TABLE {table} ENABLE TRIGGER append_only" for table in guarded),
        ]

    DatabaseOperations.sql_flush = sql_flush


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Workers that share the embedded database copy what was migrated once."""
    from django.conf import settings
    from tests import migrated

    if IS_WORKER and (HOME / migrated.LOCK).exists():
        migrated.wait(HOME)
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated.NAME


@pytest.fixture(autouse=True)
def language():
    """Each test begins in the default language: a request of the one before leaves its own behind in the thread."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(autouse=True)
def nobody_asked():
    """Tests are many and fast, and their people are the same: what a process counts of pages begins anew with each."""
    from thidua.ledger import limits

    limits.here.forget_all()


@pytest.fixture
def own_home(tmp_path, settings):
    """A home and a storage of the test's own: other workers import and sweep at the same time."""
    settings.HOME = home.make(tmp_path / "home")
    settings.FILES_ROOT = settings.HOME / "files"
    store = {**settings.STORAGES["default"], "OPTIONS": {"location": settings.FILES_ROOT}}
    settings.STORAGES = {**settings.STORAGES, "default": store}
    return settings.HOME


@pytest.fixture
def world(db):
    """A department with a division and two schools, their people, and the shipped plan in force."""
    from tests.fixtures import make_world

    return make_world()
