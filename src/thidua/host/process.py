"""Small helpers for child processes: die with the parent, and sentences for what cannot work on this machine."""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator

PR_SET_PDEATHSIG = 1


class HostError(Exception):
    """Something about this machine stops us; the text says what, and what to do."""

    exit_code = 1


@contextlib.contextmanager
def ending_in_a_sentence() -> Iterator[None]:
    """Around the start of a process that somebody else started: the sentence of a HostError, and the end."""
    try:
        yield
    except HostError as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201
        sys.exit(error.exit_code)


def open_more_files(most: int = 65_536) -> None:
    """Each connection is a file of the process: it may open as many as its account may, and so may its children."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """A ``preexec_fn``: the kernel sends the signal to the child when its parent is gone, even by ``kill -9``."""
    parent = os.getpid()
    # Loaded before the fork, so that the child does as little as possible between fork and exec.
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def bind() -> None:
        if libc is None:
            return
        libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return bind


def die_with_parent_now(number: signal.Signals) -> None:
    """The same for the process that runs: when its parent goes, it gets the signal."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
