"""The command line: a program gets one document whatever happens, and people's words go to standard error."""

import json
import subprocess
import sys

import pytest


def run(*words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "django", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


WRONG = [
    ("records", "import"),
    ("records", "import", "dossiers", "a.csv"),
    ("figures", "show", "--year", "x"),
    ("units", "no"),
]


@pytest.mark.parametrize("words", WRONG)
def test_wrong_usage_is_a_document_too(words):
    done = run(*words, "--json")
    assert done.returncode == 2
    assert set(json.loads(done.stdout)) == {"error"}
    assert "usage:" in done.stderr
    silent = run(*words)
    assert (silent.returncode, silent.stdout) == (2, "")
