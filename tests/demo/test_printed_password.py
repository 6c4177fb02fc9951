"""The demonstration's printed password beside real units: not served to others, and told."""

import io

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.utils import timezone

from thidua.core.units import UnitKind
from thidua.demo import printed_password
from thidua.demo.world import PASSWORD
from thidua.people.models import Person, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration():
    for name in ("mai", "an"):
        person = Person(username=name, full_name=f"{name} Mẫu", password=make_password(PASSWORD), is_sample=True)
        person.fill_computed()
        person.save()
    Unit(code="mau", name="Trường Mẫu", kind=UnitKind.SCHOOL, is_sample=True, starts_on="2023-01-01").save()


def a_real_unit() -> None:
    Unit(code="that", name="Trường Thật", kind=UnitKind.SCHOOL, starts_on="2023-01-01").save()


def start() -> None:
    call_command("check", deploy=True, tags=["serving"], stdout=io.StringIO(), stderr=io.StringIO())


def test_a_demonstration_alone_may_be_served(demonstration, settings):
    settings.HTTPS = True
    start()
    assert next(printed_password.look(timezone.now())).is_well


def test_beside_real_units_it_is_refused_until_the_accounts_are_closed_or_changed(demonstration, settings):
    settings.HTTPS = True
    a_real_unit()
    with pytest.raises(SystemCheckError, match=r"still opens accounts beside real units \(.*mai.*thidua people slip"):
        start()
    sign = next(printed_password.look(timezone.now()))
    assert (sign.is_well, sign.count) == (False, 2)
    Person.objects.filter(username="an").update(is_active=False)
    mai = Person.objects.get(username="mai")
    mai.set_password("một mật khẩu khác")
    mai.save()
    start()
    assert next(printed_password.look(timezone.now())).is_well


def test_on_one_machine_it_is_told_and_not_refused(demonstration, settings):
    settings.HTTPS = False
    a_real_unit()
    start()
    assert not next(printed_password.look(timezone.now())).is_well


def test_people_of_real_units_are_not_tried(demonstration, django_assert_num_queries):
    Person.objects.update(is_sample=False)
    a_real_unit()
    with django_assert_num_queries(2):
        assert printed_password.opened() == []
