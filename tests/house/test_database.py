"""What the role of the application may do in the database: read and write rows. It makes nothing, and what has the
rights of the tables' owner serves one table alone."""

import psycopg
import pytest
from django.db import connection
from tests.failures.server import database_url

from thidua.ledger.queries import verify

APP = "thidua_app"
REFUSED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.InvalidSchemaName,  # there is no pg_temp where no temporary table can be made
)
# A table of one's own, a type of one's own, and what that type decides.
HANG = """
create table {place}.t as select * from ledger_entry limit 0;
create function {place}.f({place}.t) returns ledger_entry language plpgsql as $$
begin raise exception 'called as %', current_user; end $$;
create cast ({place}.t as ledger_entry) with function {place}.f({place}.t) as implicit;
create trigger go after insert on {place}.t for each row execute function ledger_seal();
insert into {place}.t (id) values (1)
"""


@pytest.fixture
def app(db):
    """The role of the application, after ``init``: what a copy of a database does not take along is shut again."""
    with psycopg.connect(database_url(), autocommit=True) as owner:
        owner.execute("select ledger_guard()")
    with psycopg.connect(database_url(APP)) as link:
        yield link
        link.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "create temp table t (id int)",
        "create temp view v as select 1",
        "create temp sequence s",
        "create table t (id int)",
        "create table t as select * from ledger_entry",
        "create view v as select 1",
        "create schema s",
        "create type t as (id int)",
        "create domain d as int",
        "create operator <~> (leftarg = int, rightarg = int, function = int4eq)",
        "create function f() returns int return 1",
        "create function pg_temp.f() returns int return 1",
        "create cast (int as ledger_entry) with inout as implicit",
        "create extension dblink",
        "create publication p for all tables",
        "create event trigger e on ddl_command_start execute function ledger_refuse()",
        "create trigger t after insert on ledger_entry for each row execute function ledger_seal()",
        "create trigger t after insert on people_person for each row execute function ledger_seal()",
        "create rule r as on insert to ledger_entry do instead nothing",
        "create policy p on ledger_entry",
        "create index i on ledger_entry (id)",
        "create or replace function ledger_seal() returns trigger language plpgsql as 'begin return null; end'",
        "create or replace function ledger_part(value text) returns text language sql return 'x'",
        "alter function ledger_seal() reset all",
        "alter function ledger_seal() security invoker",
        "alter table ledger_entry disable trigger all",
        "alter table ledger_seal owner to current_user",
        "alter table people_person add column x int",
        "alter table campaigns_planversion disable trigger is_final",
        "drop table ledger_seal",
        "drop trigger seal on ledger_entry",
        "drop function ledger_link(integer, bigint, text, text) cascade",
        "alter role current_user superuser",
        "alter role current_user createrole",
        "alter role thidua_owner password 'x'",
        "create role r",
        "grant thidua_owner to current_user",
        "set role thidua_owner",
        "set session authorization thidua_owner",
        "set session_replication_role = replica",
        "reassign owned by thidua_owner to current_user",
        "truncate ledger_entry",
        "truncate ledger_seal",
        "truncate people_person",
        "truncate procrastinate_jobs",
        "lock table ledger_seal in access exclusive mode",
        "update ledger_entry set note = ''",
        "delete from ledger_seal",
        "insert into ledger_seal (n, entry_id, way, hash) values (0, 0, 2, '')",
        "select * from ledger_seal for update",
        "select setval('ledger_entry_id_seq', 1)",
        "insert into django_migrations (app, name, applied) values ('ledger', '9999', now())",
        "delete from django_migrations",
        "copy ledger_seal from program 'true'",
        "copy ledger_entry to '/tmp/entries'",
        "select pg_read_file('/etc/hostname')",
        "select lo_import('/etc/hostname')",
        "select ledger_guard()",
        "select ledger_seal()",
        "alter database {database} set search_path = x",
        "alter default privileges for role thidua_owner grant all on tables to current_user",
        "comment on table ledger_entry is 'x'",
        HANG.format(place="pg_temp"),
        HANG.format(place="public"),
    ],
)  # fmt: skip
def test_the_application_makes_and_changes_nothing_but_rows(app, statement):
    with pytest.raises(REFUSED):
        app.execute(statement.replace("{database}", connection.settings_dict["NAME"]))


def test_the_application_adds_rows_to_the_trail_and_verifies_it(app):
    row = "(at, by_name, acting_as, verb, thing_type, thing_id, thing_label, before, after, note, folded)"
    app.execute(f"insert into ledger_entry {row} values (now(), '', '', '', '', '', '', '{{}}', '{{}}', '', '')")
    app.execute("set constraints all immediate")
    link = "ledger_link(s.way, s.n, '', ledger_body(s.way, e))"
    found = app.execute(f"select {link} from ledger_seal s join ledger_entry e on e.id = s.entry_id limit 1").fetchone()
    assert len(found[0]) == 64


# The habit


def ask(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


OURS = """from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname not in ('pg_catalog', 'information_schema')
      and not exists (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass
                                                and d.deptype = 'e')"""


def test_what_has_the_rights_of_the_owner_serves_one_table_and_is_nobodys(app):
    found = ask(f"select p.oid::regprocedure::text, p.prosrc, p.proconfig {OURS} and p.prosecdef")
    assert [name for name, *_rest in found] == ["ledger_seal()"]
    for _name, body, settings in found:
        assert any(each.startswith("search_path=") and each.endswith("pg_temp") for each in settings)
        assert body.split("begin", 1)[1].split()[:5] == ["if", "tg_relid", "is", "distinct", "from"]
    others = (
        "exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) where grantee <> p.proowner)"
    )
    assert ask(f"select p.proname {OURS} and p.prosecdef and {others}") == []


def test_our_triggers_name_a_search_path_and_are_hung_by_nobody_else(app):
    """Those of the queue's library are its own; they have the rights of who writes the row."""
    ours = f"{OURS} and p.prorettype = 'trigger'::regtype and p.proname !~ '^procrastinate_'"
    shut = "p.proconfig::text ~ 'search_path' and has_function_privilege('public', p.oid, 'execute') is false"
    assert ask(f"select p.proname {ours} and not ({shut})") == []
    assert len(ask(f"select p.proname {ours}")) == 6


def test_the_trail_is_whole_for_whoever_runs_the_product(app, world):
    assert verify().broken_at is None
