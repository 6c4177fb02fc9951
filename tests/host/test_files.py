"""A file that somebody named is asked for its kind and size before it is read: commands never read without end."""

import os
from pathlib import Path

import pytest
from django.core.management import call_command

from thidua.core import bounds
from thidua.core.refusals import Denied
from thidua.host.files import content_of

ENDLESS = Path("/dev/zero")


@pytest.fixture
def pipe(tmp_path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.fixture
def link(tmp_path) -> Path:
    (tmp_path / "zero.csv").symlink_to(ENDLESS)
    return tmp_path / "zero.csv"


def test_a_file_up_to_the_limit_is_read(tmp_path):
    (tmp_path / "file").write_bytes(b"12345")
    assert content_of(tmp_path / "file", 5) == b"12345"
    with pytest.raises(OSError, match="too large"):
        content_of(tmp_path / "file", 4)


def test_devices_pipes_folders_and_what_is_not_there_are_no_files(tmp_path, link, pipe):
    for path in (ENDLESS, link, pipe, tmp_path, tmp_path / "none"):
        with pytest.raises(OSError) as raised:
            content_of(path, 1000)
        assert raised.value.strerror


@pytest.mark.parametrize(
    "words", [("plan", "check"), ("plan", "show"), ("plan", "load"), ("units", "import"), ("people", "import")]
)
def test_a_command_refuses_what_has_no_end_with_a_sentence(db, words, link, pipe, tmp_path):
    with (tmp_path / "large.csv").open("wb") as large:
        large.truncate(bounds.FILE_BYTES + 1)
    for path in (link, pipe, tmp_path / "large.csv"):
        with pytest.raises(Denied, match="Không đọc được"):
            call_command(*words, path)


def test_signatures_and_roots_are_read_so_too(db, link, capsys):
    call_command("signatures", "check", str(link), json=True)
    assert '"unreadable"' in capsys.readouterr().out
    with pytest.raises(Denied):
        call_command("signatures", "check", __file__, trust=[link])


def test_anchors_are_read_so_too(db, link, pipe):
    for path in (link, pipe):
        with pytest.raises(Denied):
            call_command("ledger", "verify", against=path)
        with pytest.raises(Denied):
            call_command("ledger", "verify", against=Path(__file__), key=path)


def test_only_the_helper_reads_a_named_file_in_a_command():
    root = Path(__file__).parents[2] / "src" / "thidua"
    # The documentation; the skeleton of a plan, which is the product's own.
    own = {"desk/management/commands/tables.py", "campaigns/management/commands/plan.py"}
    found = {
        str(path.relative_to(root))
        for path in root.glob("*/management/commands/*.py")
        if "read_bytes(" in (text := path.read_text(encoding="utf-8")) or "read_text(" in text
    }
    assert found == own
