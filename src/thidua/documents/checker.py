"""Checking signatures in a process of its own: a file made to exhaust a machine ends that process alone.

The process stays for the next file, because loading the library takes longer than many checks. It is ended by an
alarm that counts its work, by a limit on memory, and by the end of its parent, after which nothing is asked any more.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import json
import resource
import signal
import subprocess
import sys
import threading

from thidua.documents.signatures import Reason, Status, Verdict, check
from thidua.documents.trust import Roots

MEMORY_LIMIT = 1024 * 1024 * 1024
SECONDS = 10
SIZE_LIMIT = 100 * 1024 * 1024
TOO_MUCH = Verdict(Status.UNREADABLE, reason=Reason.TOO_MUCH)


class Checker:
    """One process, asked by one thread at a time."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY_LIMIT) -> None:
        self.limits = (str(seconds), str(memory))
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._known: Roots | None = None

    def check(self, data: bytes, roots: Roots) -> Verdict:
        """As ``signatures.check``; a file that takes too long or too much memory is unreadable."""
        if len(data) > SIZE_LIMIT:
            return TOO_MUCH
        with self._lock:
            answer = self._asked(data, roots)
            if not answer:
                self._end()
        return Verdict.from_data(json.loads(answer)) if answer else TOO_MUCH

    def close(self) -> None:
        with self._lock:
            self._end()

    def _asked(self, data: bytes, roots: Roots) -> bytes:
        """The line of the answer; nothing where the process died of the file."""
        process = self._running()
        question: dict[str, object] = {"size": len(data)}
        if roots != self._known:
            question["certificates"] = [base64.b64encode(each).decode() for each in roots.certificates]
            question["crls"] = [base64.b64encode(each).decode() for each in roots.crls]
        try:
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.write(data)
            process.stdin.flush()
        except BrokenPipeError:
            return b""
        self._known = roots
        return process.stdout.readline()

    def _running(self) -> subprocess.Popen:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        command = [sys.executable, "-I", "-m", "thidua.documents.checker", *self.limits]
        # A session of its own: a signal to the worker shall not end a check, which would look like the file's fault.
        self._process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        return self._process

    def _end(self) -> None:
        process, self._process, self._known = self._process, None, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(BrokenPipeError):  # what was not taken any more
                    stream.close()


shared = Checker()
atexit.register(shared.close)


def main(seconds: str, memory: str) -> int:
    """Answer one question after another until there is none."""
    if sys.platform == "linux":  # elsewhere addresses are no measure of memory
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    import pyhanko.sign.validation  # noqa: F401 — before the clock runs

    roots = Roots()
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        question = json.loads(line)
        if "certificates" in question:
            roots = Roots(*(tuple(map(base64.b64decode, question[each])) for each in ("certificates", "crls")))
        data = source.read(question["size"])
        # Counts this process's own work: a busy machine is no fault of the file. Nobody listens; it ends the process.
        signal.setitimer(signal.ITIMER_PROF, float(seconds))
        try:
            verdict = check(data, roots)
        except MemoryError:
            return 1
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(json.dumps(verdict.as_data()).encode() + b"\n")
        answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
