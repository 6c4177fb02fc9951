"""A trail of the earlier version is carried on: its rows stay valid, and nobody can add one in the old way."""

import contextlib

import psycopg
import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from tests.failures.server import database_url

from thidua.core.vietnamese import fold
from thidua.ledger import queries

OLD = """insert into ledger_entry
    (at, by_id, by_name, acting_as, verb, thing_type, thing_id, thing_label, before, after, note, folded)
         select now(), nullif(n, 2), 'An', '', 'tests.write', 'test', n::text, 'x', '{}', '{}', '', 'an x'
           from generate_series(1, 5) n"""
NEW = OLD.replace("(1, 5)", "(6, 8)")


@contextlib.contextmanager
def database(name: str, template: str = "template1"):
    """A database beside the one under test, with a connection of Django's to it."""
    known = connections["default"]
    with psycopg.connect(database_url(), autocommit=True) as owner:
        owner.execute(f'drop database if exists "{name}"')
        owner.execute(f'create database "{name}" template "{template}"')
        link = known.copy(name)
        link.settings_dict = {**known.settings_dict, "NAME": name}
        connections.settings[name], connections[name] = link.settings_dict, link
        try:
            yield link
        finally:
            link.close()
            del connections[name], connections.settings[name]
            owner.execute(f'drop database "{name}"')


@pytest.fixture(scope="module")
def made_before(django_db_setup, django_db_blocker):
    """The name of a database as version 0.1 made it, with five rows."""
    with django_db_blocker.unblock():
        name = f"{connections['default'].settings_dict['NAME']}_before"
        with database(name) as link:
            MigrationExecutor(link).migrate([("ledger", "0003_filters_of_the_trail")])
            with link.cursor() as cursor:
                cursor.execute(OLD)
            link.close()
            yield name


@pytest.fixture
def earlier(made_before, monkeypatch):
    """A copy of that database; ``verify`` reads there."""
    with database(f"{made_before}_copy", made_before) as link:
        monkeypatch.setattr(queries, "connection", link)
        yield link


def upgrade(link) -> None:
    executor = MigrationExecutor(link)
    executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] == "ledger"])


def ask(link, statement: str):
    with link.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


def behind_its_back(link, statement: str) -> None:
    ask(link, "alter table ledger_entry disable trigger user; alter table ledger_seal disable trigger user")
    ask(link, statement)
    ask(link, "alter table ledger_entry enable trigger user; alter table ledger_seal enable trigger user")


CHAIN = """with recursive chain (n, hash) as (
    select 0::bigint, ''::varchar union all
    select s.n, (case when s.n {rows} then ledger_link({way}, s.n, chain.hash, ledger_body({way}, e))
                      else s.hash end)::varchar
      from chain
      join ledger_seal s on s.n = chain.n + 1 join ledger_entry e on e.id = s.entry_id)
update ledger_seal s set way = {way}, hash = chain.hash from chain where chain.n = s.n and s.n {rows}"""


@pytest.mark.slow
def test_the_trail_of_the_earlier_version_goes_on_and_cannot_be_changed_in_the_ways_that_were_open(earlier):
    upgrade(earlier)
    assert ask(earlier, "select verb, folded from ledger_entry order by id desc limit 1") == (
        "ledger.change_way",
        fold("thidua 1–5 "),
    )
    ask(earlier, NEW)
    assert queries.verify().whole
    assert queries.verify().rows == 9
    assert ask(earlier, "select array_agg(way order by n) from ledger_seal")[0] == [1] * 5 + [2] * 4
    upgrade(earlier)  # nothing is left to do

    # What the old text did not tell apart is sealed by the marked row.
    for change, back in (
        ("by_id = null, by_name = E'3\\x1fAn' where id = 3", "by_id = 3, by_name = 'An' where id = 3"),
        ("folded = 'binh' where id = 4", "folded = 'an x' where id = 4"),
    ):
        behind_its_back(earlier, f"update ledger_entry set {change}")
        assert queries.verify().broken_at == 6
        behind_its_back(earlier, f"update ledger_entry set {back}")
        assert queries.verify().whole

    # A later row claimed for the old way, with or without the mark moved along.
    behind_its_back(earlier, CHAIN.format(way=1, rows="> 7"))
    assert queries.verify().broken_at == 8
    behind_its_back(earlier, CHAIN.format(way=2, rows="> 7"))
    assert queries.verify().whole
    behind_its_back(earlier, CHAIN.format(way=1, rows="> 0"))
    assert queries.verify().broken_at == 1


@pytest.mark.slow
def test_an_empty_trail_has_no_row_marked(earlier):
    behind_its_back(earlier, "delete from ledger_entry; delete from ledger_seal")
    upgrade(earlier)
    assert ask(earlier, "select count(*) from ledger_entry") == (0,)
    ask(earlier, NEW)
    assert queries.verify().whole


@pytest.mark.slow
def test_a_trail_that_was_broken_before_stays_broken_and_the_upgrade_goes_through(earlier):
    behind_its_back(earlier, "update ledger_entry set note = 'x' where id = 2")
    upgrade(earlier)
    assert queries.verify().broken_at == 2
