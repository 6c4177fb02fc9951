"""The folder where this machine keeps everything of thidua that is not code: database, uploads, mail, keys.

It carries a marker. Nothing is made, swept or changed in a folder that holds other things and has none: of a service
that is started in ``/`` without THIDUA_HOME, the folder ``var`` is the system's.
"""

import contextlib
import os
import re
import secrets
import stat
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from thidua.host.process import HostError
from thidua.host.variables import value

MARKER = ".thidua-home"
# Folders that more than one part of the product names.
ANCHORS, FILES, SPOOL = "anchors", "files", "spool"
WORDS = "A home of thidua: it makes, changes and removes files here, so keep nothing of your own in this folder."
# All that versions before the marker made in a home; each had a key, or the two folders of a web server.
EARLIER = re.compile(
    r"secret_key|postgres|postgres\.log|files|mail|spool|cache|front|static|(users|start|watcher)\.lock|\.secret_key\..*"
)
EARLIER_KEY = re.compile(r"[A-Za-z0-9_-]{67}")
# A file is written under such a name before it is put in place; a process that is killed leaves it. Those of keys and
# stamps are swept by sweeping.sweep_drafts, others by whoever sweeps their folder.
DRAFT_OF = r"\.(?:{})\.[0-9]{{1,10}}\.[0-9a-f]{{8}}"
DRAFT = re.compile(DRAFT_OF.format(r"thidua-home|secret_key|pgpass|key\.pem|[0-9]{6,9}\.tst"))
NOT_COUNTED = re.compile(r"lost\+found|\.thidua-home\..*")  # a disk's own, and markers that are just being written


class NotAHome(HostError):
    """The folder is somebody else's, or cannot be used; the text says what to do."""

    exit_code = 2


def home() -> Path:
    """The folder named by THIDUA_HOME, or ``var`` of the current directory, a home of ours: made private when new.

    Raises NotAHome for a folder that holds other things, and where nothing can be made.
    """
    return make(Path(value("THIDUA_HOME")).absolute())


def make(path: Path) -> Path:
    """See that this folder is a home: it has the marker, or gets it because it is new, empty, or an earlier home."""
    with usable(path):
        if not is_home(path):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Asked last: who starts at the same moment makes the marker before anything else.
            if not (_is_free(path) or _is_earlier(path) or is_home(path)):
                raise NotAHome(
                    f"{path} holds other things and is no home of thidua; nothing was changed in it. "
                    "Set THIDUA_HOME to a folder of its own, new or empty."
                )
            offer(path / MARKER, f"{WORDS}\ninstallation {uuid.uuid4()}\n")
    return path


@contextlib.contextmanager
def usable(path: Path) -> Iterator[None]:
    """Whatever the disk refuses in a home is a sentence: as a rule its files are another account's."""
    try:
        yield
    except OSError as error:
        at = f", at {error.filename}" if error.filename and str(error.filename) != str(path) else ""
        raise NotAHome(
            f"{path} cannot be the home of thidua (THIDUA_HOME): {error.strerror}{at}. "
            "All commands and services must run as the account that owns the home."
        ) from error


def is_home(path: Path) -> bool:
    """Whether the folder has the marker: a file, and no link to one."""
    try:
        return stat.S_ISREG((path / MARKER).lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _is_free(path: Path) -> bool:
    return all(NOT_COUNTED.fullmatch(name) for name in os.listdir(path))


def _is_earlier(path: Path) -> bool:
    """A home made before there were markers: only what such a home holds, and what each of them has."""
    names = {name for name in os.listdir(path) if not NOT_COUNTED.fullmatch(name)}
    if not all(EARLIER.fullmatch(name) for name in names):
        return False
    key = path / "secret_key"
    has_key = "secret_key" in names and not key.is_symlink() and EARLIER_KEY.fullmatch(key.read_text(errors="replace"))
    return bool(has_key) or {"front", "spool"} <= names


def installation() -> uuid.UUID:
    """What tells this installation from all others, for as long as its home lives."""
    words = (home() / MARKER).read_text(encoding="ascii", errors="replace").split()
    return uuid.UUID(words[-1])


def folder(name: str) -> Path:
    """A private folder of the home, made when it is missing; one that an earlier version left open is shut."""
    with usable(home()):
        return private(home() / name)


def private(folder: Path) -> Path:
    """The same for any folder below the home. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def secret_key() -> str:
    """The key that signs sessions and links, made once; two processes that start together agree on it."""
    target = home() / "secret_key"
    with usable(home()):
        if not target.exists():
            offer(target, secrets.token_urlsafe(50))
        return target.read_text(encoding="ascii")


def offer(target: Path, content: str | bytes) -> None:
    """Put a whole file of this account alone in place unless somebody else was first: a hard link never overwrites."""
    with contextlib.suppress(FileExistsError), whole(target, place=os.link) as file:
        file.write(content if isinstance(content, bytes) else content.encode("ascii"))


@contextlib.contextmanager
def whole(target: Path, *, place: Callable[[Path, Path], None] = os.replace) -> Iterator[BinaryIO]:
    """A file of this account alone that is in place as a whole, on the disk, or not at all; over what was there. Of two
    who write the same, each writes one of its own."""
    name = target.name if target.name.startswith(".") else f".{target.name}"
    draft = target.with_name(f"{name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(draft, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        place(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    force(target.parent)


def force(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
