"""Anchors: what the head of the trail was at one moment, signed, in a file outside the database that only grows.

A line is ``{"anchor":{…},"signature":"…"}``: the signature (Ed25519, base64) is over the bytes of the anchor as they
stand in the line, compact and with sorted names, so that others can check it without this program (docs/operating.md).
Each anchor holds the SHA-256 of the line before; whoever has one line knows all that came before it.
"""

from __future__ import annotations

import base64
import datetime as dt
import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from thidua.core.refusals import Denied, need
from thidua.core.words import Sentence, _
from thidua.host.files import opened
from thidua.host.home import force
from thidua.ledger import keys

logger = logging.getLogger("thidua.ledger")
LARGEST_FILE = 64 * 2**20
LONGEST_LINE = 4096
LONGEST_REASON = 300


@dataclass(frozen=True)
class Anchor:
    """``last`` is the number of the seal with the hash ``head``, ``rows`` how many there were from ``first`` to it.
    ``restored`` says why the trail is shorter than an anchor before: rows after ``last`` went away then. ``line`` is
    the whole line, without its end."""

    installation: str
    key: str
    number: int
    previous: str
    at: str
    rows: int
    first: int
    last: int
    head: str
    restored: str = ""
    line: bytes = field(default=b"", repr=False, compare=False)

    @property
    def moment(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.at)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.line).hexdigest()


NUMBERS = ("number", "rows", "first", "last")
NAMES = tuple(name for name in Anchor.__dataclass_fields__ if name != "line")


def own_file() -> Path:
    return Path(settings.ANCHORS) / "anchors.jsonl"


def own() -> tuple[Anchor, ...]:
    """All anchors of this installation, each checked; none before the first."""
    if not own_file().exists() or not own_file().stat().st_size:
        return ()
    found = read(own_file(), own_key(), own_name(), drops_half_a_line=True)
    need(
        not found or found[0].number == 1,
        _(
            "“%(path)s” begins with anchor %(n)s: the lines before it are gone.",
            path=own_file(),
            n=found and found[0].number,
        ),
    )
    return found


def own_key() -> Ed25519PublicKey:
    return keys.private().public_key()


def own_name() -> str:
    return keys.installation()


def last() -> Anchor | None:
    """The last anchor of this installation, looked at alone: cheap, however long the file is."""
    if not own_file().exists():
        return None
    with own_file().open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - 2 * LONGEST_LINE))
        lines = [line for line in file.read().splitlines(keepends=True) if line.endswith(b"\n")]
    return _read_line(lines[-1].rstrip(), 0, own_key(), own_name()) if lines else None


def read(
    path: Path, key: Ed25519PublicKey, installation: str = "", *, drops_half_a_line: bool = False
) -> tuple[Anchor, ...]:
    """The anchors of a file, each signed by ``key``, of one installation, and following the one before. A file may
    begin later than with the first: a letter holds one line. Refuses with a sentence that names file and line."""
    found: list[Anchor] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(_lines(path), 1):
        if drops_half_a_line and not line.endswith(b"\n"):
            break
        line = line.rstrip(b"\r\n")
        anchor = _read_line(line, number, key, installation)
        installation = installation or anchor.installation
        if anchor.digest in seen:
            raise Denied(_("Line %(n)s of the file stands there twice (first as line %(first)s).",
                           n=number, first=seen[anchor.digest]))  # fmt: skip
        if found and (anchor.number != found[-1].number + 1 or anchor.previous != found[-1].digest):
            raise Denied(_("Line %(n)s of the file does not follow the one before: lines are missing or were moved.",
                           n=number))  # fmt: skip
        seen[anchor.digest] = number
        found.append(anchor)
    return tuple(found)


def write(*, at: dt.datetime, rows: int, first: int, last: int, head: str, restored: str = "") -> Anchor:
    """Sign an anchor and append it: it is on the disk when this returns."""
    key = keys.private()
    descriptor = os.open(keys.folder() / own_file().name, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _drop_half_a_line(file)
        before = own()
        anchor = Anchor(
            installation=keys.installation(),
            key=keys.word(key.public_key()),
            number=before[-1].number + 1 if before else 1,
            previous=before[-1].digest if before else "",
            at=at.astimezone(dt.UTC).isoformat(timespec="seconds"),
            rows=rows,
            first=first,
            last=last,
            head=head,
            restored=restored[:LONGEST_REASON],
        )
        text = _text({name: value for name, value in asdict(anchor).items() if name != "line"})
        signature = base64.b64encode(key.sign(text)).decode()
        line = b'{"anchor":%s,"signature":"%s"}' % (text, signature.encode())
        file.write(line + b"\n")
        os.fsync(file.fileno())
        force(keys.folder())
    return Anchor(**{**asdict(anchor), "line": line})


def _drop_half_a_line(file) -> None:
    """A write that a power cut ended in the middle was never an anchor."""
    content = file.read()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        logger.warning("The file of anchors ended in half a line, which is dropped.")
        file.truncate(whole)


def _text(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


# Reading what others may have written


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with opened(path) as file:
            need(
                os.fstat(file.fileno()).st_size <= LARGEST_FILE,
                _("“%(path)s” is far too large for a file of anchors.", path=path),
            )
            yield from _bounded(file, path)
    except OSError as error:
        said = {"path": path, "why": error.strerror or type(error).__name__}
        raise Denied(_("The file of anchors “%(path)s” cannot be read: %(why)s.", **said)) from error


def _bounded(file, path: Path) -> Iterator[bytes]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        need(len(line) <= LONGEST_LINE, _no_anchor(number))
        yield line
    need(number, _("“%(path)s” is empty: it holds no anchor.", path=path))


def _read_line(line: bytes, number: int, key: Ed25519PublicKey, installation: str) -> Anchor:
    try:
        found = json.loads(line)
        fields, signature = found["anchor"], found["signature"]
        anchor = Anchor(**fields, line=line)
        is_anchor = all(type(getattr(anchor, name)) is (int if name in NUMBERS else str) for name in NAMES)
        is_anchor = is_anchor and anchor.moment.tzinfo is not None and type(signature) is str
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Denied(_no_anchor(number)) from error
    need(is_anchor, _no_anchor(number))
    need(
        not installation or anchor.installation == installation,
        _("Line %(n)s of the file is an anchor of another installation.", n=number),
    )
    need(anchor.key == keys.word(key), _("Line %(n)s of the file was signed with another key.", n=number))
    need(
        keys.is_signed(_text(fields), signature, key),
        _("Line %(n)s of the file was changed: its signature does not agree.", n=number),
    )
    return anchor


def _no_anchor(number: int) -> Sentence:
    return _("Line %(n)s of the file is no anchor: it was cut off or is something else.", n=number)
