"""Limits: so many in a while, counted once for all processes, whatever the clock does."""

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import RequestFactory

from thidua.core.refusals import TooOften
from thidua.ledger import limits, tasks
from thidua.ledger.models import Spent
from thidua.ui import middleware

NOW = dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC)
WHO = "10.1.2.3"


def later(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def three_a_minute(settings):
    settings.LIMITS = {"test": (3, 60)}


def spent(who=WHO, at=NOW, cost=1) -> int:
    """Seconds to wait; nothing where it was let through."""
    try:
        limits.spend("test", who, at=at, cost=cost)
    except TooOften as refusal:
        return refusal.retry_after
    return 0


@pytest.mark.django_db
def test_so_many_in_a_while_and_then_a_wait_that_grows_no_longer_by_asking():
    assert [spent(at=later(n)) for n in range(6)] == [0, 0, 0, 57, 56, 55]
    assert spent("10.1.2.4", at=later(5)) == 0
    assert spent(at=later(59.5)) == 1
    assert spent(at=later(60)) == 0


@pytest.mark.django_db
def test_what_does_not_fit_is_not_counted():
    assert [spent(cost=2), spent(cost=2), spent(cost=1), spent(cost=1)] == [0, 60, 0, 60]
    assert spent("another", cost=4) == 60  # never fits


@pytest.mark.django_db
def test_failures_are_counted_without_refusing_and_looked_at_without_counting():
    for _n in range(5):
        limits.count("test", WHO, at=NOW)
    with pytest.raises(TooOften) as refusal:
        limits.check("test", WHO, at=later(20))
    assert refusal.value.retry_after == 40
    limits.check("test", WHO, at=later(60))
    limits.forget("test", WHO)
    limits.check("test", WHO, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [-1, -24, 1])
def test_a_clock_that_jumps_shuts_nobody_out(hours):
    assert [spent() for _n in range(4)] == [0, 0, 0, 60]
    assert spent(at=NOW + dt.timedelta(hours=hours)) == 0


@pytest.mark.django_db
def test_processes_whose_clocks_differ_a_little_count_together():
    assert [spent(at=later(n)) for n in (0, -2, -1, -3)] == [0, 0, 0, 60]


@pytest.mark.django_db
def test_a_household_of_ipv6_is_one():
    assert [spent(f"2001:db8:1:2::{n}") for n in range(4)] == [0, 0, 0, 60]
    assert spent("2001:db8:1:3::1") == 0


@pytest.mark.django_db
def test_what_is_kept_names_nobody_and_goes(time_machine):
    spent("an@truong.edu.vn")
    spent("10.9.8.7")
    kept = str(list(Spent.objects.values_list()))
    assert "truong" not in kept
    assert "10.9" not in kept
    assert len(set(Spent.objects.values_list("who", flat=True))) == 2
    spent("mai", at=later(30))
    Spent.objects.create(kind="gone", who="x", spent=1, since=later(90))
    time_machine.move_to(later(70))
    tasks.sweep_limits()
    assert Spent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_at_one_moment_none_is_lost():
    """Reading a count and writing it back loses those who read at the same time."""
    start = threading.Barrier(8)

    def step(_n):
        try:
            start.wait(20)
            return [spent() for _n in range(4)].count(0)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(step, range(8))) == 3


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 giây"), (60, "60 giây"), (61, "2 phút"), (600, "10 phút"), (86400, "24 giờ")]
)
def test_the_wait_is_said_in_words(seconds, words):
    assert str(limits.in_words(seconds)) == words


@pytest.mark.parametrize(
    "headers", [{}, {"Accept": "application/json"}, {"HX-Request": "true"}], ids=["page", "json", "htmx"]
)
def test_the_answer_says_when_to_come_again(headers, monkeypatch):
    monkeypatch.setattr(middleware, "render_to_string", lambda template, context, request: str(context["sentence"]))
    request = RequestFactory().get("/people/", headers=headers)
    refusal = TooOften("Chậm lại.", retry_after=7)
    answer = middleware.RefusalPage(lambda _request: None).process_exception(request, refusal)
    assert (answer.status_code, answer["Retry-After"]) == (429, "7")
    told = json.loads(answer.content)["sentence"] if "Accept" in headers else answer.content.decode()
    assert "Chậm lại." in told
