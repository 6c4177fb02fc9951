"""What the product writes is its account's alone, and what operators are told to write likewise, without the keys."""

import re
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

DOCUMENT = Path(__file__).parents[2] / "docs" / "operating.md"


def test_letters_on_the_disk_are_read_by_nobody_else():
    """They hold links that sign in."""
    backend = "django.core.mail.backends.filebased.EmailBackend"
    get_connection(backend, file_path=settings.EMAIL_FILE_PATH).send_messages([EmailMessage("a", "b", "c@x", ["d@x"])])
    assert settings.EMAIL_FILE_PATH.stat().st_mode & 0o077 == 0


def test_a_folder_that_was_left_open_is_shut(tmp_path, monkeypatch):
    from thidua.host import home

    monkeypatch.setattr(home, "home", lambda: tmp_path)
    (tmp_path / "mail").mkdir(mode=0o755)
    assert home.folder("mail").stat().st_mode & 0o777 == 0o700


def test_copies_that_operators_are_told_to_make_are_private_and_without_keys():
    blocks = re.findall(r"```\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    copying = [block for block in blocks if "pg_dump " in block or "tar " in block]
    assert len(copying) == 2
    assert all(block.startswith("umask 077\n") for block in copying)
    archive = next(block for block in copying if "tar " in block)
    assert "--exclude=./secret_key" in archive
    assert "--exclude=./anchors/key.pem" in archive
