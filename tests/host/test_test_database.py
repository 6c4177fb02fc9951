"""What tests themselves stand on: a flush may empty the trail, a test body may not."""

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from thidua.ledger.models import Entry


def write_entry():
    Entry.objects.create(at=timezone.now(), verb="tests.write", thing_type="test", thing_id="1")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", [1, 2])
def test_each_test_with_real_transactions_starts_with_an_empty_trail(round_):
    assert Entry.objects.count() == 0
    write_entry()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("truncate ledger_entry, ledger_seal")


@pytest.mark.django_db
def test_extensions_are_in_the_test_database():
    with connection.cursor() as cursor:
        cursor.execute("select unaccent('Đặng Thị Hạnh'), current_user")
        assert cursor.fetchone() == ("Dang Thi Hanh", "thidua_owner")
