"""Checking apart: a file made to exhaust a machine is unreadable, and the next file is checked as ever."""

import pytest
from tests.documents import signing as made

from thidua.core.refusals import Away
from thidua.documents import checker
from thidua.documents.checker import TOO_MUCH, check
from thidua.documents.trust import Roots
from thidua.host.bounded import MEGABYTE, Busy, Ended, Limits

ROOTS = Roots((made.authority().der,))


@pytest.fixture
def good() -> bytes:
    return made.signed(made.paper(), made.person())


@pytest.fixture
def limited(monkeypatch):
    def limit(**limits) -> None:
        monkeypatch.setattr(checker, "LIMITS", Limits(**{"seconds": 60, "memory": 1024 * MEGABYTE, **limits}))

    return limit


def test_it_answers_as_the_check_itself_and_follows_the_roots(good):
    stranger = Roots((made.other_authority().der,))
    found = [check(good, roots).status for roots in (ROOTS, ROOTS, stranger, Roots(), ROOTS)]
    assert found == ["valid", "valid", "untrusted", "untrusted", "valid"]


def test_a_file_that_takes_too_long_ends_its_check_alone(good, limited):
    limited(seconds=1)
    assert check(made.endless(), ROOTS) == TOO_MUCH
    limited()
    assert check(good, ROOTS).status == "valid"


def test_a_file_whose_check_ends_each_time_is_unreadable(good, monkeypatch):
    """For want of memory, say, as tests/host/test_bounded.py has it."""

    def ended(*given, **more):
        raise Ended

    monkeypatch.setattr(checker.nursery, "run", ended)
    assert check(good, ROOTS) == TOO_MUCH


def test_a_file_larger_than_any_upload_is_not_read(good, monkeypatch):
    monkeypatch.setattr(checker, "SIZE_LIMIT", len(good))
    assert check(good + b"\n", ROOTS) == TOO_MUCH


def test_a_process_that_somebody_else_ended_is_no_fault_of_the_file(good, monkeypatch):
    """The machine had no memory left, say: the verdict would stand for ever."""
    ends = [Ended]
    run = checker.nursery.run

    def ended_once(*given, **more):
        if ends:
            raise ends.pop()
        return run(*given, **more)

    monkeypatch.setattr(checker.nursery, "run", ended_once)
    assert check(good, ROOTS).status == "valid"


def test_while_all_places_are_taken_nothing_is_said_of_the_file(good, monkeypatch):
    def busy(*given, **more):
        raise Busy

    monkeypatch.setattr(checker.nursery, "run", busy)
    with pytest.raises(Away):
        check(good, ROOTS)
