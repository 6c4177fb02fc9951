"""What a connection meets again is planned once."""

import pytest
from django.db import connection

from thidua.people.models import Unit


@pytest.mark.django_db
def test_a_statement_that_is_met_again_is_prepared():
    asked = Unit.objects.filter(code="met-again")
    for _n in range(4):
        asked.exists()
    with connection.cursor() as cursor:
        cursor.execute("select statement from pg_prepared_statements")
        prepared = [statement for (statement,) in cursor.fetchall() if "people_unit" in statement]
    assert prepared
    assert not any("met-again" in statement for statement in prepared)
