"""The folder where this machine keeps everything of thidua that is not code: database, uploads, mail, keys."""

import os
import secrets
from pathlib import Path


def home() -> Path:
    """The folder named by THIDUA_HOME, or ``var`` of the current directory; made private when it is new."""
    path = Path(os.environ.get("THIDUA_HOME") or "var").absolute()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def secret_key() -> str:
    """The key that signs sessions and links, made once; two processes that start together agree on it."""
    target = home() / "secret_key"
    if not target.exists():
        _offer(target, secrets.token_urlsafe(50))
    return target.read_text(encoding="ascii")


def _offer(target: Path, text: str) -> None:
    """Put a whole file in place unless somebody else was first: a hard link never overwrites."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, target)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
