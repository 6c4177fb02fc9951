"""A fault that every request meets is a line in the log, not a stack of calls for each of them."""

import logging

import pytest
from django.db import OperationalError
from django.test import Client

from thidua.host import faults


@pytest.fixture(autouse=True)
def afresh():
    faults._told.clear()
    yield
    faults._told.clear()


def away(*words, **more):
    raise OperationalError("connection refused\n\tIs the server running?")


def test_a_database_that_is_away_is_one_line_for_all_requests(monkeypatch, caplog):
    """Met in the middleware, where Django would write a stack of calls each time."""
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    with caplog.at_level(logging.WARNING):
        answers = [client.get("/").status_code for _each in range(5)]
    assert answers == [503] * 5
    said = [record.getMessage() for record in caplog.records]
    assert said == ["The database is away: connection refused"]
    assert "Traceback" not in caplog.text


def test_while_it_lasts_it_is_told_each_minute_with_how_often_it_was_met(monkeypatch, caplog):
    now = [1000.0]
    monkeypatch.setattr(faults.time, "monotonic", lambda: now[0])
    logger = logging.getLogger("thidua.test")
    for _each in range(121):
        faults.tell(logger, "It failed", "why")
        now[0] += 1
    said = [record.getMessage() for record in caplog.records]
    assert said == ["It failed: why", *["It failed: why (met 59 times more since it was told 60 s ago)"] * 2]


def test_other_faults_keep_their_stack_of_calls(monkeypatch, caplog):
    def broken(*words, **more):
        raise ZeroDivisionError

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", broken)
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    assert client.get("/").status_code == 500
    assert "ZeroDivisionError" in caplog.text
