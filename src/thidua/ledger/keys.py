"""The key that signs anchors: made once, in the home, never in the database."""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from thidua.core.refusals import Denied
from thidua.core.words import _
from thidua.host import home
from thidua.host.files import content_of

LARGEST_KEY = 10_000


def folder() -> Path:
    """Where the key and the anchors lie; only this account may enter."""
    settings.ANCHORS.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.ANCHORS


def installation() -> str:
    """A word that no other installation has."""
    return str(home.installation())


def private() -> Ed25519PrivateKey:
    pem = _kept("key.pem", _new)
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Denied(_("The key that signs anchors (%(path)s) cannot be read.", path=folder() / "key.pem")) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Denied(_("The key that signs anchors (%(path)s) cannot be read.", path=folder() / "key.pem"))
    return key


def public_pem(key: Ed25519PublicKey) -> str:
    """The public key as other programs read it."""
    known = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(*known).decode()


def read_public(path: Path) -> Ed25519PublicKey:
    """The public key of a file, as ``thidua ledger key`` prints it."""
    try:
        key = serialization.load_pem_public_key(content_of(path, LARGEST_KEY))
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise Denied(_("“%(path)s” holds no public key (PEM, Ed25519).", path=path)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise Denied(_("“%(path)s” holds no public key (PEM, Ed25519).", path=path))
    return key


def word(key: Ed25519PublicKey) -> str:
    """The public key as it stands in an anchor."""
    known = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return base64.b64encode(key.public_bytes(*known)).decode()


def is_signed(text: bytes, signature: str, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _new() -> str:
    known = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return Ed25519PrivateKey.generate().private_bytes(*known).decode()


def _kept(name: str, make) -> str:
    target = folder() / name
    if not target.exists():
        home.offer(target, make())
    return target.read_text(encoding="ascii")
