"""The trail is append-only in the database, and its chain shows tampering."""

import pytest
from django.db import DatabaseError, connection, transaction
from tests.fixtures import submitted

from thidua.ledger.models import Entry, Seal
from thidua.ledger.queries import verify


@pytest.fixture
def sealed(world):
    submitted(world)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


def test_every_row_is_sealed_and_the_chain_is_whole(sealed):
    found = verify()
    assert found.whole
    assert found.rows == Entry.objects.count() > 2


@pytest.mark.parametrize("model", [Entry, Seal])
@pytest.mark.parametrize("statement", ["update {} set {} = {}", "delete from {}", "truncate {}"])
def test_the_database_refuses_to_change_the_trail(sealed, model, statement):
    table = model._meta.db_table
    column = "note" if model is Entry else "hash"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column, "'x'"))


def test_a_row_changed_behind_the_products_back_is_named(sealed):
    second = Seal.objects.order_by("n")[1]
    with connection.cursor() as cursor:
        cursor.execute("alter table ledger_entry disable trigger append_only")
        cursor.execute("update ledger_entry set by_name = 'Người khác' where id = %s", [second.entry_id])
        cursor.execute("alter table ledger_entry enable trigger append_only")
    found = verify()
    assert not found.whole
    assert (found.broken_at, found.entry_id) == (second.n, second.entry_id)
