"""Whose signatures are believed: files of certificates, and of lists of revoked ones, that the settings name.

Public units sign with certificates of the Government Cipher Committee, private ones with those of licensed public
authorities; so there are two sets. Every certificate in a set is a root, also one that somebody else issued.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import SimpleNamespace

from thidua.host.files import content_of

logger = logging.getLogger("thidua.documents")
LARGEST = 64 * 1024 * 1024  # bytes of a file: lists of revoked certificates have some
SUFFIXES = frozenset({".pem", ".crt", ".cer", ".der", ".crl"})
# Part of the version of a set: verdicts of other rules than those of ``signatures`` now are made again.
RULES = b"1"


class TrustUnreadable(ValueError):
    """A file that is no certificate and no list of revoked ones; its text names the file."""


@dataclass(frozen=True)
class Roots:
    """Certificates and lists of revoked ones, each in DER."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()

    @cached_property
    def version(self) -> str:
        """The same for the same content; empty where there is no root."""
        if not self.certificates:
            return ""
        digests = sorted(hashlib.sha256(each).digest() for each in (*self.certificates, *self.crls))
        return hashlib.sha256(RULES + b"".join(digests)).hexdigest()[:32]

    @cached_property
    def parsed(self) -> SimpleNamespace:
        """``certificates`` and ``crls`` as asn1crypto has them."""
        from asn1crypto import crl, x509

        return SimpleNamespace(
            certificates=[x509.Certificate.load(each) for each in self.certificates],
            crls=[crl.CertificateList.load(each) for each in self.crls],
        )

    def __add__(self, other: Roots) -> Roots:
        return Roots(
            tuple(dict.fromkeys(self.certificates + other.certificates)), tuple(dict.fromkeys(self.crls + other.crls))
        )


def read(paths: Iterable[Path]) -> Roots:
    """The set of these files, and of what lies in these folders. Raises OSError, TrustUnreadable."""
    files = [file for path in paths for file in (_inside(path) if path.is_dir() else [path])]
    return _read(tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))


def configured(paths: Iterable[Path]) -> Roots:
    """``read``, for a page or a job: a fault goes to the log, and nothing is believed until it is mended."""
    try:
        return read(paths)
    except (OSError, TrustUnreadable):
        logger.exception("Trust roots cannot be read")
        return Roots()


def _inside(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())


@lru_cache(maxsize=8)
def _read(files: tuple[tuple[Path, int, int], ...]) -> Roots:
    """By name, time and size, so that files are read again only after somebody changed them."""
    roots = Roots()
    for file, _time, _size in files:
        roots += _content(file)
    return roots


def _content(file: Path) -> Roots:
    from asn1crypto import crl, pem, x509

    content = content_of(file, LARGEST)
    try:
        blocks = (
            [der for _name, _headers, der in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
        )
    except ValueError as error:
        raise TrustUnreadable(str(file)) from error
    certificates, crls = [], []
    for der in blocks:
        if _is(x509.Certificate, der, "tbs_certificate", "validity"):
            certificates.append(der)
        elif _is(crl.CertificateList, der, "tbs_cert_list", "this_update"):
            crls.append(der)
        else:
            raise TrustUnreadable(str(file))
    return Roots(tuple(certificates), tuple(crls))


def _is(kind, der: bytes, body: str, times: str) -> bool:
    """Whether the bytes are of the kind: the two begin alike, and differ from the times on."""
    try:
        return bool(kind.load(der, strict=True)[body][times].native)
    except (ValueError, TypeError, KeyError):
        return False
