"""What the tests of host.bounded have done in a process of its own."""

import os
import re
import signal
import socket
import time
from pathlib import Path

from thidua.core.records.problems import Reason, Refused
from thidua.core.refusals import Denied
from thidua.core.words import _
from thidua.host import bounded


def give(*given, tell):
    tell("begun")
    return list(given)


def pid(tell):
    return os.getpid()


def refuse(tell):
    raise Refused(Reason.DAMAGED, _("Not at all."), _("Say so."))


def deny(tell):
    raise Denied(_("It cannot be."))


def spin(tell):
    while True:
        pass


def sleep(tell):
    time.sleep(60)


def pattern(tell):
    re.search("(a+)+b", "a" * 60)


def fill(tell):
    return [bytes(1 << 20) for _n in range(1000)]


def die(tell):
    os.kill(os.getpid(), signal.SIGKILL)


def write(path, tell):
    path.write_bytes(bytes(10_000))


def nap(tell):
    time.sleep(1.5)


class Runs:
    """What runs where it is unpickled."""

    def __reduce__(self):
        return Path.touch, (Path("ran"),)


def answer_with_code(tell):
    return Runs()


def answer(text, beside, tell):
    """As something that got hold of the process might."""
    link = _link()
    link.sendall(bounded.HEAD.pack(b"d", len(text), len(beside)) + text + beside)
    time.sleep(5)


def answer_without_end(tell):
    _link().sendall(bounded.HEAD.pack(b"d", 1 << 60, 0))
    time.sleep(5)


def talk_without_end(tell):
    signal.setitimer(signal.ITIMER_REAL, 0)
    while True:
        tell("still here")


def _link():
    return socket.socket(fileno=max(int(name) for name in os.listdir("/proc/self/fd") if _is_socket(name)))


def _is_socket(name):
    try:
        return os.readlink(f"/proc/self/fd/{name}").startswith("socket:")
    except OSError:
        return False


def a_file(tell):
    return Path(__file__).read_text(encoding="utf-8")


def the_network(tell):
    socket.socket()


def settings(tell):
    return sorted(os.environ)


def values(*given, tell):
    return given
