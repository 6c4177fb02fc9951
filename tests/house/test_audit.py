"""``make check`` asks for advisories of the locked packages: found ones fail it, a list that cannot be had does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "requirements" / "audit.py"
GOOD = '{"dependencies": [{"name": "django", "version": "5.2", "vulns": []}], "fixes": []}'
BAD = GOOD.replace('"vulns": []', '"vulns": [{"id": "PYSEC-1", "fix_versions": ["5.2.1"], "aliases": []}]')


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (f"echo '{GOOD}'", 0, "no advisory is known"),
        (f"echo '{BAD}'; exit 1", 1, "django 5.2: PYSEC-1, mended in 5.2.1"),
        ("echo 'ERROR: no route to host' >&2; exit 1", 0, "SKIPPED: ERROR: no route to host"),
        (None, 0, "SKIPPED: pip-audit is not installed here"),
    ],
)
def test_an_audit_fails_for_what_is_known_alone(tmp_path, answer, code, words):
    if answer:
        (tmp_path / "pip-audit").write_text(f"#!/bin/sh\n{answer}\n")
        (tmp_path / "pip-audit").chmod(0o700)
    path = f"{tmp_path}:/usr/bin:/bin" if answer else str(tmp_path)
    command = [sys.executable, str(SCRIPT)]
    done = subprocess.run(command, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)
    assert (done.returncode, words in done.stdout) == (code, True), done
