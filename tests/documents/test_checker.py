"""Checking apart: a file made to exhaust a machine is unreadable, and the next file is checked as ever."""

import os
import signal

import pytest
from tests.documents import signing as made

from thidua.documents import checker
from thidua.documents.checker import TOO_MUCH, Checker
from thidua.documents.trust import Roots

ROOTS = Roots((made.authority().der,))
MB = 1024 * 1024


@pytest.fixture
def good() -> bytes:
    return made.signed(made.paper(), made.person())


@pytest.fixture
def checking():
    """Makes checkers with limits of their own, and ends them."""
    started = []

    def make(**limits) -> Checker:
        started.append(Checker(**limits))
        return started[-1]

    yield make
    for each in started:
        each.close()


def test_it_answers_as_the_check_itself_and_follows_the_roots(good, checking):
    apart = checking()
    stranger = Roots((made.other_authority().der,))
    found = [apart.check(good, roots).status for roots in (ROOTS, ROOTS, stranger, Roots(), ROOTS)]
    assert found == ["valid", "valid", "untrusted", "untrusted", "valid"]


def test_a_file_that_takes_too_long_ends_its_check_alone(good, checking):
    apart = checking(seconds=1)
    assert apart.check(good, ROOTS).status == "valid"
    assert apart.check(made.endless(), ROOTS) == TOO_MUCH
    assert apart.check(good, ROOTS).status == "valid"


def test_a_file_that_takes_too_much_memory_ends_its_check_alone(good, checking, monkeypatch):
    monkeypatch.setattr(checker, "SIZE_LIMIT", 1024 * MB)
    apart = checking(memory=300 * MB)
    assert apart.check(bytes(300 * MB), ROOTS) == TOO_MUCH
    assert apart.check(good, ROOTS).status == "valid"


def test_a_file_larger_than_any_upload_is_not_read(good, checking, monkeypatch):
    monkeypatch.setattr(checker, "SIZE_LIMIT", len(good))
    assert checking().check(good + b"\n", ROOTS) == TOO_MUCH


def test_a_process_that_was_ended_meanwhile_is_no_fault_of_the_next_file(good, checking):
    apart = checking()
    apart.check(good, ROOTS)
    os.kill(apart._process.pid, signal.SIGKILL)
    apart._process.wait()
    assert apart.check(good, ROOTS).status == "valid"


def test_the_process_ends_with_the_one_that_asks(good, checking):
    apart = checking()
    apart.check(good, ROOTS)
    process = apart._process
    process.stdin.close()
    assert process.wait(timeout=10) == 0
