"""Work in a process of its own: what it gives, what it raises, and how it ends."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from thidua.core.records.problems import Reason, Refused
from thidua.core.refusals import Denied
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
