"""What the tests of host.bounded have done in a process of its own."""

import os
import re
import signal
import time

from thidua.core.records.problems import Reason, Refused
from thidua.core.refusals import Denied
from thidua.core.words import _


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
