"""The home folder and the key in it."""

import stat
import subprocess
import sys

from thidua.host import home

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
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_processes_that_start_together_agree_on_the_key(tmp_path, monkeypatch):
    monkeypatch.setenv("THIDUA_HOME", str(tmp_path))
    asked = [subprocess.Popen([sys.executable, "-c", ASK], stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert len({process.communicate()[0] for process in asked}) == 1
