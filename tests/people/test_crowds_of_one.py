"""No one person, and no one address of strangers, takes all places: so many pages in a while, and then a sentence."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from thidua.core.refusals import TooOften
from thidua.ledger import limits
from thidua.ledger.limits import Here

NOW = dt.datetime(2026, 1, 5, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def few(settings):
    settings.LIMITS = {**settings.LIMITS, "pages.person": (5, 60), "pages.address": (3, 60)}


def test_one_person_asks_too_often_and_a_colleague_goes_on(few, world, django_assert_max_num_queries):
    an, hanh = Client(), Client()
    an.force_login(world.an)
    hanh.force_login(world.hanh)
    assert [an.get("/people/letters/").status_code for _n in range(5)] == [200] * 5
    with django_assert_max_num_queries(2):  # the session and the person
        shut = an.get("/people/letters/")
    assert (shut.status_code, int(shut["Retry-After"]) <= 60) == (429, True)
    assert "giây" in shut.text
    assert Client().get(reverse("account_login")).status_code == 200
    assert hanh.get("/people/letters/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/account/login/", "/docs/api/", "/surveys/a/none/"])
def test_one_address_of_strangers_asks_too_often_and_others_go_on(few, db, path, django_assert_num_queries):
    for _n in range(3):
        assert Client().get(path).status_code != 429
    with django_assert_num_queries(0):
        assert Client().get(path).status_code == 429
    assert Client(REMOTE_ADDR="10.9.9.9").get(path).status_code != 429


def test_whoever_is_signed_in_is_not_counted_with_the_strangers_of_the_address(few, world):
    for _n in range(4):
        Client().get("/")
    client = Client()
    client.force_login(world.an)
    assert client.get("/people/letters/").status_code == 200


def spent(here, times, at, who="10.0.0.1"):
    for _n in range(times):
        here.spend("pages.address", who, at=at)


def test_a_while_ends_and_a_clock_that_jumps_back_ends_it_too(few):
    here = Here()
    spent(here, 3, NOW)
    with pytest.raises(TooOften) as refusal:
        spent(here, 1, NOW + dt.timedelta(seconds=50))
    assert refusal.value.retry_after == 10
    spent(here, 3, NOW + dt.timedelta(seconds=60))
    spent(here, 3, NOW - dt.timedelta(hours=1))


def test_addresses_of_one_household_are_one(few):
    here = Here()
    spent(here, 3, NOW, "2001:db8::1")
    with pytest.raises(TooOften):
        spent(here, 1, NOW, "2001:db8::2")


def test_many_addresses_take_no_memory_without_end(few, monkeypatch):
    monkeypatch.setattr(limits.Here, "MOST", 10)
    here = Here()
    for n in range(95):
        spent(here, 1, NOW, f"10.0.0.{n}")
    assert len(here._counted) <= 10


def test_many_addresses_do_not_make_one_that_goes_on_begin_anew(few, monkeypatch):
    monkeypatch.setattr(limits.Here, "MOST", 10)
    here = Here()
    spent(here, 3, NOW, "203.0.113.5")
    for n in range(95):
        spent(here, 1, NOW, f"10.0.0.{n}")
        with pytest.raises(TooOften):
            spent(here, 1, NOW, "203.0.113.5")
