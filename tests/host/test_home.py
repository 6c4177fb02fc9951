"""The home folder and the key in it."""

import os
import re
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from thidua.host import home, postgres, sweeping

ASK = "from thidua.host import home; print(home.secret_key())"


def test_home_is_absolute_and_private(tmp_path, monkeypatch):
    monkeypatch.setenv("THIDUA_HOME", str(tmp_path / "new" / "home"))
    assert home.home() == tmp_path / "new" / "home"
    assert stat.S_IMODE(home.home().stat().st_mode) == 0o700


def test_home_is_var_of_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("THIDUA_HOME")
    monkeypatch.chdir(tmp_path)
    assert home.home() == tmp_path / "var"


def test_the_key_is_made_once_and_private(tmp_path, monkeypatch):
    monkeypatch.setenv("THIDUA_HOME", str(tmp_path))
    key = home.secret_key()
    assert len(key) >= 50
    assert home.secret_key() == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == [home.MARKER, "secret_key"]


def test_processes_that_start_together_agree_on_the_key(tmp_path, monkeypatch):
    monkeypatch.setenv("THIDUA_HOME", str(tmp_path))
    asked = [subprocess.Popen([sys.executable, "-c", ASK], stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert len({process.communicate()[0] for process in asked}) == 1


def var_of_the_system(root: Path) -> Path:
    """What ``/var`` looks like, crontabs and mail of the machine included."""
    for name in ("cache/apt", "lib/dpkg", "log", "mail", "spool/cron/crontabs", "tmp"):
        (root / "var" / name).mkdir(parents=True)
    (root / "var/spool/cron/crontabs/root").write_text("0 3 * * * backup")
    os.utime(root / "var/spool/cron", (0, 0))
    return root / "var"


def everything(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*"))


@pytest.mark.parametrize("words", [["worker"], ["run"], ["init"], ["migrate"], ["front"]])
def test_a_folder_that_is_somebody_elses_is_left_as_it_is(tmp_path, words):
    """Started in ``/`` without THIDUA_HOME, as a system service is."""
    before = everything(var_of_the_system(tmp_path))
    known = {key: value for key, value in os.environ.items() if key != "THIDUA_HOME"}
    environment = {**known, "PYTHONPATH": str(Path(home.__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-m", "thidua.config.cli", *words],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "holds other things and is no home of thidua; nothing was changed in it. Set THIDUA_HOME" in done.stderr
    assert "Traceback" not in done.stderr
    assert everything(tmp_path / "var") == before


def test_a_home_of_an_earlier_version_is_known_by_what_it_holds(tmp_path):
    for name in ("postgres", "front", "spool", "files", "lost+found"):
        (tmp_path / name).mkdir()
    (tmp_path / "users.lock").touch()
    (tmp_path / "secret_key").write_text("k" * 67)
    home.make(tmp_path)
    assert home.is_home(tmp_path)


@pytest.mark.parametrize(
    "holds",
    [
        {"secret_key": "k" * 67, "front/a": "", "spool/b": "", "thesis.odt": ""},  # something else beside
        {"secret_key": "somebody's own"},
        {"mail/inbox": "", "files/a": ""},
        {"front/index.html": ""},
    ],
)
def test_what_only_resembles_a_home_is_none(tmp_path, holds):
    for name, text in holds.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    with pytest.raises(home.NotAHome):
        home.make(tmp_path)
    assert not home.is_home(tmp_path)


def test_a_link_to_a_marker_makes_no_home(tmp_path):
    real = home.make(tmp_path / "real")
    other = tmp_path / "other"
    other.mkdir()
    (other / home.MARKER).symlink_to(real / home.MARKER)
    (other / "thesis.odt").touch()
    with pytest.raises(home.NotAHome):
        home.make(other)


def test_a_home_that_cannot_be_made_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(home.NotAHome, match=r"cannot be the home of thidua \(THIDUA_HOME\)"):
        home.make(tmp_path / "file" / "home")


@pytest.mark.parametrize("name", ["secret_key", "users.lock"])
def test_files_of_another_account_are_told_in_a_sentence(tmp_path, monkeypatch, name):
    """As root no file refuses, so a folder stands where the file should."""
    home.make(tmp_path)
    (tmp_path / name).mkdir()
    monkeypatch.setenv("THIDUA_HOME", str(tmp_path))
    with pytest.raises(home.NotAHome, match=f"at {tmp_path / name}. All commands and services must run as the account"):
        home.secret_key() if name == "secret_key" else postgres.hold(tmp_path)


def test_an_installation_keeps_its_number(tmp_path, monkeypatch):
    monkeypatch.setenv("THIDUA_HOME", str(tmp_path))
    number = home.installation()
    assert home.installation() == number
    shutil.rmtree(tmp_path)
    assert home.installation() != number


# Sweeping

PATTERN = re.compile(r"import-[a-z]+|upload-[a-z]+")


@pytest.fixture
def spool(tmp_path) -> Path:
    """Old things: two of ours, one of somebody else, one with a name that only begins like ours, and two links."""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    (elsewhere / "deep" / "file").touch()
    found = home.make(tmp_path / "home") / "spool"
    for name in ("import-a", "crontabs", "import-a b"):
        (found / name).mkdir(parents=True)
        (found / name / "file").touch()
    (found / "import-a" / "link").symlink_to(elsewhere)
    (found / "upload-b").touch()
    (found / "upload-link").symlink_to(elsewhere)
    return found


def always(found: os.stat_result) -> bool:
    return True


def test_a_sweep_removes_only_names_of_its_own_and_follows_no_link(tmp_path, spool):
    assert sweeping.sweep(tmp_path / "home", "spool", PATTERN, is_old=always) == 2
    assert sorted(path.name for path in spool.iterdir()) == ["crontabs", "import-a b", "upload-link"]
    assert (tmp_path / "elsewhere/deep/file").exists()


def test_a_sweep_leaves_what_is_young(tmp_path, spool):
    def is_old(found):
        return found.st_mtime < time.time() - 3600

    assert sweeping.sweep(tmp_path / "home", "spool", PATTERN, is_old=is_old) == 0


def test_nothing_is_swept_without_a_marker_or_through_a_link(tmp_path, spool):
    (tmp_path / "home" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "import-x").touch()
    assert sweeping.sweep(tmp_path / "home", "linked", PATTERN, is_old=always) == 0
    assert sweeping.sweep(tmp_path / "home", "missing", PATTERN, is_old=always) == 0
    (tmp_path / "home" / home.MARKER).unlink()
    assert sweeping.sweep(tmp_path / "home", "spool", PATTERN, is_old=always) == 0
    assert len(list(spool.iterdir())) == 5


@pytest.mark.parametrize("name", [".thidua-home", "secret_key", "pgpass", "anchors/key.pem", "anchors/000012.tst"])
def test_what_a_killed_process_had_not_put_in_place_yet_is_swept(tmp_path, monkeypatch, name):
    """Copies of keys: by whatever is offered, a day later, and nothing else beside it."""
    found = home.make(tmp_path / "home")
    (found / "anchors").mkdir()
    (found / ".secret_key.of mine").touch()

    def killed(*words, **named):
        raise KeyboardInterrupt

    monkeypatch.setattr(home.os, "link", killed)
    monkeypatch.setattr(home.Path, "unlink", killed)
    with pytest.raises(KeyboardInterrupt):
        home.offer(found / name, "a key")
    monkeypatch.undo()
    assert sweeping.sweep_drafts(found) == 0
    for path in found.rglob("*"):
        os.utime(path, (0, 0))
    assert sweeping.sweep_drafts(found) == 1
    assert {path.name for path in found.rglob("*")} == {home.MARKER, ".secret_key.of mine", "anchors"}


def _and_then_the_disk_is_full():
    yield b"half"
    raise OSError("full")


def test_a_file_is_in_place_as_a_whole_or_not_at_all(tmp_path):
    target = tmp_path / "a.xlsx"
    with home.whole(target) as one, home.whole(target) as other:  # the same job twice at once
        one.write(b"one")
        other.write(b"the other")
    assert target.read_bytes() == b"one"
    with pytest.raises(OSError, match="full"), home.whole(target) as file:
        file.writelines(_and_then_the_disk_is_full())
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.xlsx", b"one")]
    assert target.stat().st_mode & 0o777 == 0o600
