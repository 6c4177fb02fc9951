"""The trail is append-only in the database, and its chain shows tampering."""

import contextlib

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from tests.failures.server import database_url
from tests.fixtures import submitted

from thidua.ledger.models import Entry, Seal
from thidua.ledger.queries import verify

APP = "thidua_app"
NEW = """insert into ledger_entry
    (at, by_name, acting_as, verb, thing_type, thing_id, thing_label, before, after, note, folded)
         values (now(), 'An', '', 'tests.write', 'test', '1', 'x', '{}', '{}', '', '') returning id"""


@pytest.fixture
def sealed(world):
    submitted(world)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


@contextlib.contextmanager
def unguarded():
    """What the owner of the database can do: the triggers that refuse are off."""
    with connection.cursor() as cursor:
        for table in ("ledger_entry", "ledger_seal"):
            cursor.execute(f"alter table {table} disable trigger user")
        yield cursor
        for table in ("ledger_entry", "ledger_seal"):
            cursor.execute(f"alter table {table} enable trigger user")


def test_every_row_is_sealed_and_the_chain_is_whole(sealed):
    found = verify()
    assert found.whole
    assert found.rows == Entry.objects.count() > 2
    assert (found.first, found.last) == (1, found.rows)


@pytest.mark.parametrize("model", [Entry, Seal])
@pytest.mark.parametrize("statement", ["update {} set {} = {}", "delete from {}", "truncate {}"])
def test_the_database_refuses_to_change_the_trail(sealed, model, statement):
    table = model._meta.db_table
    column = "note" if model is Entry else "hash"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column, "'x'"))


def test_not_even_the_owner_writes_a_seal_past_the_database(sealed):
    with pytest.raises(DatabaseError, match="Only the database seals"), transaction.atomic():
        Seal.objects.create(n=10**9, entry_id=1, way=2, hash="0" * 64)


OTHER = {
    "at": "at + interval '1 microsecond'", "by_id": "coalesce(by_id, 0) + 1", "unit_id": "coalesce(unit_id, 0) + 1",
    "before": "before || '{\"x\": 1}'", "after": "after || '{\"x\": 1}'",
}  # fmt: skip


@pytest.mark.parametrize("field", [field.column for field in Entry._meta.fields if not field.primary_key])
def test_a_changed_field_is_named_whichever_it_is(sealed, field):
    second = Seal.objects.order_by("n")[1]
    other = OTHER.get(field, f"{field} || 'x'")
    with unguarded() as cursor:
        cursor.execute(f"update ledger_entry set {field} = {other} where id = %s", [second.entry_id])
    found = verify()
    assert not found.whole
    assert (found.broken_at, found.entry_id) == (second.n, second.entry_id)


def test_a_text_cannot_move_into_an_empty_field_beside_it(sealed):
    """Nobody did it (no id), and its name is put where the id was."""
    row = Entry.objects.filter(by_id=None).order_by("pk").first()
    with unguarded() as cursor:
        cursor.execute("update ledger_entry set by_id = 7, by_name = 'x' where id = %s", [row.pk])
        cursor.execute("select ledger_body(2, e) from ledger_entry e where id = %s", [row.pk])
        moved = cursor.fetchone()
        cursor.execute("update ledger_entry set by_id = null, by_name = E'7\\x1fx' where id = %s", [row.pk])
        cursor.execute("select ledger_body(2, e) from ledger_entry e where id = %s", [row.pk])
        assert cursor.fetchone() != moved


@pytest.mark.parametrize(
    "attack",
    [
        "delete from ledger_seal where n = 1",
        "delete from ledger_seal where n = 2",
        "update ledger_seal set n = -n where n = 1",
        "update ledger_seal set way = 1 where n = 2",
        "update ledger_seal set way = 3 where n = (select max(n) from ledger_seal)",
        "update ledger_seal set entry_id = -entry_id where n = 2",
        "delete from ledger_entry where id = (select entry_id from ledger_seal where n = 2)",
        "delete from ledger_seal where n = (select max(n) from ledger_seal)",
        "delete from ledger_entry; delete from ledger_seal",
    ],
)
def test_what_is_taken_out_of_the_middle_or_away_whole_is_told(sealed, attack):
    with unguarded() as cursor:
        cursor.execute(attack)
    assert not verify().whole


def test_all_rows_claimed_for_the_old_way_are_refused(sealed):
    """The chain computed anew in the way that is weaker: without its marked row nothing is taken in that way."""
    with unguarded() as cursor:
        cursor.execute(
            "with recursive chain (n, hash) as ("
            "  select 0::bigint, ''::varchar union all"
            "  select s.n, ledger_link(1, s.n, chain.hash, ledger_body(1, e))::varchar from chain"
            "    join ledger_seal s on s.n = chain.n + 1 join ledger_entry e on e.id = s.entry_id)"
            "update ledger_seal s set way = 1, hash = chain.hash from chain where chain.n = s.n"
        )
    assert verify().broken_at == 1


# The role that runs the product, over a connection of its own


@pytest.fixture
def app(db):
    with psycopg.connect(database_url(APP)) as link:
        yield link
        link.rollback()


def test_a_row_of_the_application_is_sealed_with_the_rights_of_the_owner(app):
    (pk,) = app.execute(NEW).fetchone()
    app.execute("set constraints all immediate")
    assert app.execute("select way from ledger_seal where entry_id = %s", [pk]).fetchone() == (2,)


@pytest.mark.parametrize(
    "statement",
    [
        "insert into ledger_seal (n, entry_id, way, hash) values (9223372036854775807, 1, 2, '')",
        "update ledger_seal set hash = ''",
        "delete from ledger_seal",
        "truncate ledger_seal",
        "update ledger_entry set note = 'x'",
        "delete from ledger_entry",
        "truncate ledger_entry",
        "alter table ledger_entry disable trigger seal",
        "create trigger mine before insert on ledger_entry for each row execute function ledger_refuse()",
        "select setval('ledger_entry_id_seq', 1)",
        "select ledger_seal()",
    ],
)
def test_the_application_reads_the_trail_and_adds_rows_and_nothing_else(app, statement):
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)):
        app.execute(statement)


@pytest.fixture
def granted(app):
    """More than it needs: a database that others set up lets it make temporary tables."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(database_url(), autocommit=True) as owner:
        owner.execute(f'grant temporary on database "{name}" to {APP}')
        owner.execute("grant execute on function ledger_seal() to public")
        yield app
        app.rollback()
        owner.execute("select ledger_guard()")


@pytest.mark.parametrize(
    "hijack",
    [
        "create temp table ledger_seal (n bigint, entry_id bigint, way int, hash text)",
        "create temp table ledger_seal (n bigint, entry_id bigint, way int, hash text); set search_path = pg_temp",
        "create function pg_temp.ledger_link(integer, bigint, text, text) returns text return 'x';"
        "set search_path = pg_temp, public, pg_catalog",
        "create function pg_temp.sha256(bytea) returns bytea return ''::bytea;"
        "set search_path = pg_temp, public, pg_catalog",
    ],
)
def test_names_put_before_the_real_ones_change_nothing(granted, hijack):
    granted.execute(hijack)
    (pk,) = granted.execute(NEW.replace("ledger_entry", "public.ledger_entry")).fetchone()
    granted.execute("set constraints all immediate")
    (found,) = granted.execute("select hash from public.ledger_seal where entry_id = %s", [pk]).fetchone()
    assert len(found) == 64


def test_a_type_of_ones_own_decides_nothing_that_has_the_rights_of_the_owner(granted):
    granted.execute("create temp table t as select * from ledger_entry limit 0")
    granted.execute(
        "create function pg_temp.f(pg_temp.t) returns ledger_entry language plpgsql as "
        "$$ begin raise exception 'called as %', current_user; end $$"
    )
    granted.execute("create cast (pg_temp.t as ledger_entry) with function pg_temp.f(pg_temp.t) as implicit")
    granted.execute("create trigger go after insert on t for each row execute function ledger_seal()")
    with pytest.raises(psycopg.errors.RaiseException, match="Only rows of the trail are sealed"):
        granted.execute("insert into t (id) values (1)")


def test_who_holds_the_lock_of_the_chain_keeps_nobody_waiting_for_ever(app):
    app.execute("select pg_advisory_xact_lock(7421)")
    with connection.cursor() as cursor:
        cursor.execute(NEW)
        cursor.execute("alter function ledger_seal() set lock_timeout = '50ms'")  # undone with the test
        with pytest.raises(OperationalError, match="lock timeout"):
            cursor.execute("set constraints all immediate")


def test_a_schema_put_before_the_real_one_changes_nothing(sealed):
    with connection.cursor() as cursor:
        cursor.execute("create schema before_us; create table before_us.ledger_seal (like ledger_seal)")
        cursor.execute("set local search_path = before_us, public")
        cursor.execute(NEW)
        cursor.execute("set constraints all immediate; set local search_path = public")
    assert verify().whole


def test_rights_given_later_are_taken_back_whoever_has_them(sealed):
    with connection.cursor() as cursor:
        cursor.execute("grant all on ledger_entry, ledger_seal to public")
        cursor.execute("grant all on ledger_entry, ledger_seal, ledger_entry_id_seq to thidua_app with grant option")
        cursor.execute("grant update (note) on ledger_entry to thidua_app")
        cursor.execute("select ledger_guard()")
        cursor.execute(
            "select relname, string_agg(distinct privilege_type, ' ' order by privilege_type)"
            "  from pg_class, aclexplode(relacl) where relname ~ '^ledger_(entry|seal|entry_id_seq)$'"
            "   and grantee <> relowner group by 1 order by 1"
        )
        assert cursor.fetchall() == [
            ("ledger_entry", "INSERT SELECT"), ("ledger_entry_id_seq", "SELECT USAGE"), ("ledger_seal", "SELECT"),
        ]  # fmt: skip
        cursor.execute(
            "select count(*) from pg_attribute where attacl is not null and attrelid = 'ledger_entry'::regclass"
        )
        assert cursor.fetchone() == (0,)
