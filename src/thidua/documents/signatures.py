"""Digital signatures in a PDF file: what pyHanko finds, put into words of ours.

No flag of pyHanko's alone says that a signature is good: a page changed after signing leaves it intact and trusted, and
one altered byte leaves its certificate as it was. So all are read, and the worst decides.
``certificates`` judges whom they lead to.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import io
import logging
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from thidua.documents.certificates import Stored, is_revoked, status_at, when_signed
from thidua.documents.trust import Roots

NAME_LENGTH = 200
SIGNATURES_LIMIT = 50  # more than a paper has, and than a page would show
HEAD = 1024  # a PDF file says so within its first bytes


class Status(StrEnum):
    """Of one signature, and of a file: that of its worst signature. From the worst to the best."""

    ALTERED = "altered"  # the signed bytes are not those that were signed
    UNREADABLE = "unreadable"
    PARTIAL = "partial"  # intact, but the file was changed beyond filling in forms and signing again
    UNTRUSTED = "untrusted"  # no chain to a configured root
    REVOKED = "revoked"
    EXPIRED = "expired"  # outside the time of its certificate when it was made
    VALID = "valid"
    NONE = "none"


class Reason(StrEnum):
    """Why a file could not be read."""

    DAMAGED = "damaged"
    PASSWORD = "password"  # noqa: S105 — no secret
    TOO_MUCH = "too_much"
    MISSING = "missing"


WORST_FIRST = tuple(Status)


@dataclass(frozen=True)
class Signature:
    """``signed_at`` is the trusted timestamp, else the claimed time; None where the signature tells neither."""

    signer: str
    signed_at: dt.datetime | None
    issuer: str
    intact: bool
    whole_document: bool
    trusted: bool
    valid_at_signing: bool
    status: Status


@dataclass(frozen=True)
class Verdict:
    """What is known of one file under one set of trust roots."""

    status: Status
    signatures: tuple[Signature, ...] = ()
    reason: Reason | None = None

    @property
    def signed(self) -> bool:
        return bool(self.signatures)

    def as_data(self) -> dict[str, Any]:
        """For JSON and the database; ``Verdict.from_data`` reads it again."""
        signatures = [
            {**asdict(each), "signed_at": each.signed_at and each.signed_at.isoformat()} for each in self.signatures
        ]
        return {"status": self.status, "signatures": signatures, "reason": self.reason}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Verdict:
        return cls(
            Status(data["status"]),
            tuple(signature_from(each) for each in data["signatures"]),
            Reason(data["reason"]) if data["reason"] else None,
        )


def signature_from(data: dict[str, Any]) -> Signature:
    at = data["signed_at"]
    return Signature(
        **{**data, "signed_at": at and dt.datetime.fromisoformat(at), "status": Status(data["status"])},
    )


def check(data: bytes, roots: Roots) -> Verdict:
    """The verdict on the bytes of one file. Raises MemoryError; has no limit of time (``checker.check`` has both)."""
    for name in ("pyhanko", "pyhanko_certvalidator"):  # a bad file is no fault of ours: no traces of it in our log
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    if b"%PDF-" not in data[:HEAD]:
        return Verdict(Status.UNREADABLE, reason=Reason.DAMAGED)
    for strict in (True, False):  # what many programs write is not quite to the letter, hybrid files of Word among it
        try:
            return asyncio.run(_read(data, roots, strict=strict))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001, S112 — the library raises whatever a hostile file makes it raise
            continue
    return Verdict(Status.UNREADABLE, reason=Reason.DAMAGED)


async def _read(data: bytes, roots: Roots, *, strict: bool) -> Verdict:
    """Strictly, whatever is amiss is raised; else what is amiss in one signature is said of that one."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import enumerate_sig_fields

    reader = PdfFileReader(io.BytesIO(data), strict=strict)
    if reader.encrypted and not _opens_without_password(reader):
        return Verdict(Status.UNREADABLE, reason=Reason.PASSWORD)
    fields = [
        (name, field)
        for name, value, field in enumerate_sig_fields(reader, filled_status=True)
        if value.get_object().get("/Type") != "/DocTimeStamp"  # nobody's signature; it counts as a later change only
    ]
    if len(fields) > SIGNATURES_LIMIT:
        return Verdict(Status.UNREADABLE, reason=Reason.TOO_MUCH)
    stored = Stored.of(reader, roots) if fields else None
    found = [await _signature(reader, field, name, data, roots, stored, strict=strict) for name, field in fields]
    found.sort(key=lambda pair: pair[0])
    signatures = tuple(signature for _order, signature in found)
    status = min((each.status for each in signatures), key=WORST_FIRST.index, default=Status.NONE)
    return Verdict(status, signatures)


def _opens_without_password(reader) -> bool:
    from pyhanko.pdf_utils.crypt import AuthStatus

    try:
        return reader.decrypt(b"").status != AuthStatus.FAILED
    except Exception:  # noqa: BLE001 — locked by certificates, or by what the library does not know
        return False


async def _signature(
    reader, field, name: str, data: bytes, roots: Roots, stored: Stored, *, strict: bool
) -> tuple[int, Signature]:
    """With the number of the revision that it signs, by which signatures are in order."""
    from pyhanko.sign.fields import SigSeedSubFilter as Kind
    from pyhanko.sign.validation import EmbeddedPdfSignature

    kinds = {each.value for each in (Kind.ADOBE_PKCS7_DETACHED, Kind.PADES, Kind.PBAD_PADES)}
    if field.get_object()["/V"].get("/SubFilter") not in kinds:  # the library would pass over it in silence
        return 0, Signature("", None, "", False, False, False, False, Status.UNREADABLE)
    embedded = None
    try:
        embedded = EmbeddedPdfSignature(reader, field, name)
        _digest(embedded, data)
        found = await _judged(embedded, data, roots, stored.with_those_of(embedded))
    except MemoryError:
        raise
    except Exception:
        if strict:
            raise
        found = _unreadable(embedded)
    return (embedded.signed_revision if embedded else 0), found


def _digest(embedded, data: bytes) -> None:
    """Hash what is signed at once; the library, which asks for it here first, would read it in small pieces."""
    algorithm = embedded.external_md_algorithm
    ranges = [int(each) for each in embedded.byte_range]
    with contextlib.suppress(ValueError, TypeError):  # of an algorithm that the library may know, or say is unknown
        found, view = hashlib.new(algorithm), memoryview(data)
        for start, length in zip(ranges[::2], ranges[1::2], strict=True):
            if start < 0 or length < 0 or start + length > len(data):
                return
            found.update(view[start : start + length])
        embedded.external_digests[algorithm] = found.digest()


def _unreadable(embedded) -> Signature:
    """A signature that cannot be judged; altered where its own bytes are broken or the signed ones are others."""
    status, signer, issuer = Status.ALTERED, "", ""
    with contextlib.suppress(Exception):
        if embedded is not None and embedded.compute_digest() == _signed_digest(embedded):
            status = Status.UNREADABLE
    with contextlib.suppress(Exception):
        signer, issuer = _name(embedded.signer_cert.subject), _name(embedded.signer_cert.issuer)
    return Signature(signer, None, issuer, False, False, False, False, status)


def _signed_digest(embedded) -> bytes:
    from pyhanko.sign.general import find_unique_cms_attribute

    return find_unique_cms_attribute(embedded.signer_info["signed_attrs"], "message_digest").native


async def _judged(embedded, data: bytes, roots: Roots, stored: Stored) -> Signature:
    certificate = embedded.signer_cert
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    status, at = await when_signed(embedded, roots, stored)
    # Where the chain leads to is asked again at a moment at which the certificate was good.
    trusted = status.trusted or (await status_at(embedded, roots, stored, at=begins)).trusted
    in_time = at is not None and (status.trusted if trusted else begins <= at <= ends)
    revoked = trusted and in_time and await is_revoked(status.validation_path, roots, stored, at)
    intact = status.intact and status.valid
    kept = intact and _is_kept(embedded, status, data)
    return Signature(
        signer=_name(certificate.subject),
        signed_at=at,
        issuer=_name(certificate.issuer),
        intact=intact,
        whole_document=_covers_all(embedded, data),
        trusted=trusted,
        valid_at_signing=in_time and not revoked,
        status=_worst(intact=intact, kept=kept, trusted=trusted, revoked=revoked, in_time=in_time),
    )


def _worst(*, intact: bool, kept: bool, trusted: bool, revoked: bool, in_time: bool) -> Status:
    faults = (
        (not intact, Status.ALTERED),
        (not kept, Status.PARTIAL),
        (not trusted, Status.UNTRUSTED),
        (revoked, Status.REVOKED),
        (not in_time, Status.EXPIRED),
    )
    return next((status for is_so, status in faults if is_so), Status.VALID)


def _is_seamless(embedded, data: bytes) -> bool:
    """Whether nothing is left unsigned before the end of what is signed, but the signature itself.

    The library compares lengths only; a signature written as raw bytes would leave room for other things in the hole.
    """
    if len(embedded.byte_range) != 4:
        return False
    start, length, again, _rest = (int(each) for each in embedded.byte_range)
    hole = data[length:again]
    try:
        return (
            start == 0
            and hole[:1] == b"<"
            and hole[-1:] == b">"
            and (bytes.fromhex(hole[1:-1].decode("ascii")) == embedded.pkcs7_content)
        )
    except ValueError:
        return False


def _covers_all(embedded, data: bytes) -> bool:
    return _is_seamless(embedded, data) and _end(embedded) == len(data)


def _end(embedded) -> int:
    return int(embedded.byte_range[2]) + int(embedded.byte_range[3])


def _is_kept(embedded, status, data: bytes) -> bool:
    """Whether what came after the signature, if anything, is filling in forms or a further signature."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import SignatureCoverageLevel

    if not _is_seamless(embedded, data):
        return False
    if embedded.signed_revision == embedded.reader.xrefs.total_revisions - 1:
        return not data[_end(embedded) :].strip()  # what the library does not read, another program may
    return (
        status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
        and status.modification_level is not None
        and status.modification_level <= ModificationLevel.FORM_FILLING
        and status.docmdp_ok is not False
    )


def _name(name) -> str:
    """The common name, else the organisation, else the whole; without signs that only steer how it is shown."""
    native = name.native
    found = native.get("common_name") or native.get("organization_name") or name.human_friendly
    words = found if isinstance(found, str) else str(found[-1])
    return "".join(sign for sign in words if sign.isprintable())[:NAME_LENGTH]
