"""Whatever removes files has been looked at: it removes what it made itself, by a name of its own.

A new removal fails here until somebody has said what keeps it from what is not ours. What nobody names any more goes
through ``host.sweeping`` alone: by a pattern, in a home with its marker, and following no link.
"""

import re
import uuid
from collections import Counter
from pathlib import Path

import pytest

import thidua
from thidua.analytics import storage
from thidua.exchange import files
from thidua.host import home

TOKEN = uuid.UUID(int=7, version=4)
SOURCE = Path(thidua.__file__).parent
REMOVES = re.compile(
    r"\b(?:rmtree|rmdir|removedirs)\(|\.unlink\(|os\.(?:remove|truncate|replace|rename)\(|storage\.delete\(|\"rm\""
    r"|\bself\.delete\(|(?:half|draft|made|path|partial)\.(?:rename|replace)\("
)
# file: how many, and why each removes nothing of others
LOOKED_AT = {
    "host/sweeping.py": (2, "by a pattern, below a marked home, no links"),
    "host/home.py": (1, "the draft that this call wrote"),
    "host/cluster.py": (3, "data.new of ours, moved where there is none; the rules of who comes in, which are ours"),
    "host/postgres.py": (2, "the note of a postmaster that lives no more; the log of ours when it is long"),
    "host/pulse.py": (1, "a beat of a web process, by our own name of it"),
    "ledger/looks.py": (1, "the probe, by its one name"),
    "analytics/spool.py": (5, "folders that this room made below spool, by their own names and locks"),
    "ledger/folder.py": (3, "the half that this call wrote, moved to the name that it was asked to write"),
    "analytics/storage.py": (2, "a spoilt copy of a batch; a key of our pattern that no batch names"),
    "ui/catalogue.py": (2, "catalogues of ours by their full names: a draft moved into place, the one in the home"),
}


def test_every_removal_was_looked_at():
    found = Counter(
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        for _each in REMOVES.findall(path.read_text(encoding="utf-8"))
    )
    assert dict(found) == {name: many for name, (many, _why) in LOOKED_AT.items()}


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (files.NAME, f"{TOKEN}.xlsx"),
        (storage.CACHED, f"{TOKEN}.parquet"),
        (storage.CACHED, f"{TOKEN}_aB3dE5g.parquet"),
        (storage.CACHED, f"{'a' * 64}.sql"),
    ],
)
def test_what_a_killed_process_left_half_written_is_swept_with_its_folder(tmp_path, pattern, name):
    with home.whole(tmp_path / name) as file:
        assert pattern.fullmatch(Path(file.name).name)
    assert pattern.fullmatch(name)
    assert not pattern.fullmatch(f".{name}")
