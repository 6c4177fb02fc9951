"""A folder of stored files in which a file is there as a whole or not at all."""

from __future__ import annotations

import os
import re
import uuid
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from thidua.host.home import force

# Below the folder, so that all lies on one disk; what a killed process left there is swept.
WRITING = ".writing"
HALF = re.compile(r"[0-9a-f]{32}\.half")


class Folder(FileSystemStorage):
    """Writes under a name of its own, forces it to the disk and moves it to its place: a process that is killed leaves
    no part of a file where the whole is looked for, and of two that save the same both succeed."""

    def __init__(self, **options):
        super().__init__(allow_overwrite=True, **options)

    def _save(self, name: str, content) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._is_moved(target, content):
            self._write(target, content)
        force(target.parent)
        return name

    @staticmethod
    def _is_moved(target: Path, content) -> bool:
        """A file that lies on the same disk and was made to be taken over is moved as it is."""
        if not hasattr(content, "taken_over_from"):
            return False
        with open(content.taken_over_from, "rb") as file:
            os.fsync(file.fileno())
        try:
            os.replace(content.taken_over_from, target)
        except OSError:  # of another disk, say; copying tells whether anything else is wrong
            return False
        target.chmod(0o600)
        return True

    def _write(self, target: Path, content) -> None:
        half = Path(self.path(f"{WRITING}/{uuid.uuid4().hex}.half"))
        half.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.replace(half, target)
        finally:
            half.unlink(missing_ok=True)
