"""Work in a process of its own: what it gives, what it raises, and how it ends."""

from __future__ import annotations

import datetime as dt
import os
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest

from thidua.core.records.problems import Code, Level, Problem, Reason, Refused, missing
from thidua.core.refusals import Denied
from thidua.core.words import _
from thidua.host import bounded
from thidua.host.answers import Failed
from thidua.host.bounded import MEGABYTE, Busy, Ended, Limits, Nursery

WORK = "tests.host.bounded_works"
LIMITS = Limits(seconds=20, memory=1024 * MEGABYTE, patience=0.2)


@pytest.fixture(scope="module")
def nursery():
    with pytest.MonkeyPatch.context() as patched:
        paths = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
        patched.setenv("PYTHONPATH", os.pathsep.join(paths))
        made = Nursery(at_once=1)
        assert made.run(f"{WORK}:give", 1, limits=LIMITS) == [1]
        yield made
    made.close()


def test_it_gives_what_the_work_gives_and_tells_what_it_says(nursery):
    said = []
    assert nursery.run(f"{WORK}:give", "ạ" * 3_000_000, limits=LIMITS, tell=said.append) == ["ạ" * 3_000_000]
    assert said == ["begun"]
    assert nursery.run(f"{WORK}:pid", limits=LIMITS) != os.getpid()


def test_what_the_work_raises_is_raised_here(nursery):
    with pytest.raises(Refused) as raised:
        nursery.run(f"{WORK}:refuse", limits=LIMITS)
    assert (raised.value.reason, str(raised.value)) == (Reason.DAMAGED, "Not at all. Say so.")
    with pytest.raises(Denied, match="cannot"):
        nursery.run(f"{WORK}:deny", limits=LIMITS)


@pytest.mark.parametrize("work", ["spin", "sleep", "pattern"])
def test_work_without_end_is_ended_by_the_clock(nursery, work):
    began = time.monotonic()
    with pytest.raises(Ended):
        nursery.run(f"{WORK}:{work}", limits=Limits(seconds=0.5, memory=LIMITS.memory))
    assert time.monotonic() - began < 10
    assert nursery.run(f"{WORK}:give", 2, limits=LIMITS) == [2]


@pytest.mark.parametrize("work", ["fill", "die"])
def test_work_that_fills_the_memory_or_dies_ends_alone(nursery, work):
    with pytest.raises(Ended):
        nursery.run(f"{WORK}:{work}", limits=Limits(seconds=20, memory=300 * MEGABYTE))
    assert nursery.run(f"{WORK}:give", 2, limits=LIMITS) == [2]


def test_no_file_grows_beyond_its_limit(nursery, tmp_path):
    with pytest.raises(OSError):
        nursery.run(f"{WORK}:write", tmp_path / "file", limits=Limits(20, LIMITS.memory, written=1000))


def test_what_is_sealed_opens_no_file_and_no_connection(nursery):
    sealed = Limits(20, LIMITS.memory, is_sealed=True)
    for work in ("a_file", "the_network"):
        with pytest.raises(OSError, match="Too many open files"):
            nursery.run(f"{WORK}:{work}", limits=sealed)


def test_it_knows_no_setting(nursery, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://of:somebody@x/y")
    nursery.close()
    known = nursery.run(f"{WORK}:settings", limits=LIMITS)
    assert {name for name in known if not name.startswith(bounded.SURROUNDINGS)} == set()


def test_values_arrive_as_they_were(nursery):
    given = (
        None, True, 1, 1.5, "ạ", b"\0\xff", [b"a", (1, {2})], {"a": {1: "b"}, (1, 2): frozenset({"c"})}, Level.ERROR,
        dt.date(2023, 1, 2), dt.datetime(2023, 1, 2, 3, tzinfo=dt.UTC), Decimal("1.50"), Path("a/b"),
        Problem("s", 1, "c", Level.ERROR, Code.MISSING, missing(_("Name"))),
        Refused(Reason.DAMAGED, _("Not so."), None),
    )  # fmt: skip
    answer = nursery.run(f"{WORK}:values", *given, limits=LIMITS)
    assert answer[:-1] == given[:-1]
    assert [type(each) for each in answer] == [type(each) for each in given]
    assert (answer[-1].reason, str(answer[-1])) == (Reason.DAMAGED, "Not so.")


HOSTILE = [
    '{"data": [["subprocess", "Popen"], {}]}',
    '{"data": [["thidua.host.bounded", "Nursery"], {}]}',
    '{"data": [["thidua.host.bounded", "subprocess.Popen"], {}]}',
    '{"data": [["thidua.host.bounded", "Any"], {}]}',
    '{"data": [["thidua.host.bounded", "Path"], {}]}',
    '{"data": [["thidua.host.bounded", "Limits"], {}]}',
    '{"error": [["thidua.host.bounded", "Nursery"], [], {}]}',
    '{"error": [["builtins", "SystemExit"], [], {}]}',
    '{"enum": [["thidua.core.records.problems", "Level"], "none"]}',
    '{"enum": [["thidua.host.nowhere", "Level"], "none"]}',
    '{"day": 1}',
    '{"a": 1, "b": 2}',
    '{"code": "1"}',
    "{",
    "[" * 100_000,
    "\xff",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_an_answer_that_is_no_value_ends_the_work(nursery, text):
    with pytest.raises(Ended):
        nursery.run(f"{WORK}:answer", text.encode("latin-1"), b"", limits=LIMITS)


@pytest.mark.parametrize("work", ["answer_with_code", "answer_without_end"])
def test_an_answer_with_code_or_without_measure_ends_the_work(nursery, work):
    with pytest.raises((Ended, Failed)):
        nursery.run(f"{WORK}:{work}", limits=LIMITS)


def test_who_puts_the_alarm_off_is_heard_no_longer(nursery, monkeypatch):
    monkeypatch.setattr(bounded, "GRACE_SECONDS", 1)
    began = time.monotonic()
    with pytest.raises(Ended):
        nursery.run(f"{WORK}:talk_without_end", limits=Limits(0.5, LIMITS.memory))
    assert time.monotonic() - began < 5


def test_so_many_at_once(nursery):
    other = threading.Thread(target=nursery.run, args=(f"{WORK}:nap",), kwargs={"limits": LIMITS})
    other.start()
    time.sleep(0.1)
    with pytest.raises(Busy):
        nursery.run(f"{WORK}:give", 1, limits=LIMITS)
    other.join()
    assert nursery.run(f"{WORK}:give", 1, limits=LIMITS) == [1]


def test_a_nursery_that_is_gone_is_started_again(nursery):
    nursery._process.kill()
    nursery._process.wait()
    assert nursery.run(f"{WORK}:give", 3, limits=LIMITS) == [3]
