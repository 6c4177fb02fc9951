"""Units that come after the plan was published owe what still lies ahead, within minutes."""

import datetime as dt

import pytest
import time_machine
from tests.fixtures import moment

from thidua.campaigns import tasks
from thidua.campaigns.models import Obligation
from thidua.people import bulk

LIST = "code,name,kind,parent\nmoi,Trường THPT Mới Mẫu,school,so\n"


@pytest.fixture
def newcomer(world):
    with time_machine.travel(moment("2023-08-10 08:00"), tick=False):
        bulk.import_units(content=LIST.encode(), name="units.csv", by=None, at=moment("2023-08-10 08:00"), commit=True)
        yield "moi"


def owed(code: str) -> set[str]:
    return set(Obligation.objects.filter(unit__code=code, year=2023).values_list("key", flat=True))


def test_an_imported_unit_owes_within_minutes(newcomer):
    assert owed(newcomer) == set()
    tasks.catch_up_soon()
    assert {"register-2023", "report-2023"} <= owed(newcomer)


def test_nothing_is_counted_again_while_nobody_came(newcomer, django_assert_max_num_queries):
    later = moment("2023-08-10 08:00") + dt.timedelta(hours=1)
    with time_machine.travel(later, tick=False), django_assert_max_num_queries(1):
        tasks.catch_up_soon()
    assert owed(newcomer) == set()
