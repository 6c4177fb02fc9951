"""What a worker does at its start."""

from thidua.analytics import apps
from thidua.analytics.engine import duck
from thidua.ui import starting


def test_a_step_that_fails_is_told_and_does_not_keep_the_next_from_being_taken(monkeypatch, caplog):
    def fails():
        raise ValueError("no engine")

    taken = []
    monkeypatch.setattr(starting, "_steps", [fails, lambda: taken.append("next")])
    starting.begin().join()
    assert taken == ["next"]
    assert "fails failed at the start of the worker" in caplog.text


def test_the_engine_is_warm_afterwards():
    apps._warm_up()
    assert duck.connection.cache_info().currsize == 1
