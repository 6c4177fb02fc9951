"""The demonstration: complete, the same for the same seed, and only into an empty database."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from thidua.campaigns.models import Obligation
from thidua.core.refusals import Denied
from thidua.dossiers.models import Dossier
from thidua.people.models import Person, Unit

pytestmark = pytest.mark.django_db
NAMED = {"an", "hanh", "binh", "chi", "giam-doc", "lanh-dao", "mai"}


def demo(**options):
    out = StringIO()
    call_command("demo", units=30, json=True, stdout=out, stderr=StringIO(), **options)
    return json.loads(out.getvalue())


def titles():
    return list(Dossier.objects.order_by("pk").values_list("year", "state", "title", "unit__name"))


def test_the_demonstration_is_complete():
    assert demo()["filled"]
    assert Unit.objects.count() == 31
    assert not Unit.objects.filter(is_sample=False).exists()
    assert all("Mẫu" in name for name in Unit.objects.values_list("name", flat=True))
    assert set(Person.objects.filter(username__in=NAMED).values_list("username", flat=True)) == NAMED
    assert Person.objects.get(username="hanh").check_password("thidua-2023")
    assert set(Dossier.objects.values_list("year", flat=True)) == {2023, 2024, 2025}
    assert Dossier.objects.filter(days_late__gt=0).exists()
    assert Obligation.objects.filter(excused=True).exists()


def test_the_same_seed_tells_the_same_story():
    from django.db import transaction

    told = []
    for _n in range(2):
        with transaction.atomic():
            demo(seed=7)
            told.append(titles())
            transaction.set_rollback(True)
    assert told[0] == told[1]


def test_nothing_is_filled_over_units_that_are_there():
    demo()
    count = Dossier.objects.count()
    assert not demo(if_empty=True)["filled"]
    assert Dossier.objects.count() == count
    with pytest.raises(Denied):
        demo()
