"""Certificates behind a signature: when it was made, whom its chain leads to, and what was revoked before.

Certificates are judged at the moment of signing, never today: most of 2023 have ended since. Nothing is fetched from
the network.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from thidua.documents.trust import Roots

VIETNAM = dt.timezone(dt.timedelta(hours=7))  # of a claimed time that names no zone
UNLIMITED = dt.timedelta(days=100 * 365)


@dataclass(frozen=True)
class Stored:
    """Certificates and lists of revoked ones that the file carries, and the configured lists."""

    certificates: list
    crls: list
    ocsps: list

    @classmethod
    def of(cls, reader, roots: Roots) -> Stored:
        from asn1crypto import crl, ocsp
        from pyhanko.pdf_utils.decode_limits import DecodePurpose
        from pyhanko.sign.validation.dss import DocumentSecurityStore

        certificates, crls, ocsps = [], [], []
        with contextlib.suppress(Exception):  # one that cannot be read proves nothing
            store = DocumentSecurityStore.read_dss(reader)
            certificates = list(store.load_certs())
            crls = [crl.CertificateList.load(each.get_object().read_data(DecodePurpose.CRL)) for each in store.crls]
            ocsps = [
                ocsp.OCSPResponse.load(each.get_object().read_data(DecodePurpose.OCSP_RESPONSE)) for each in store.ocsps
            ]
        return cls(certificates, [*roots.parsed.crls, *crls], ocsps)

    def with_those_of(self, signature) -> Stored:
        """And what the signature itself carries, in Adobe's way."""
        from pyhanko.sign.general import NonexistentAttributeError, find_unique_cms_attribute

        try:
            carried = find_unique_cms_attribute(signature.signer_info["signed_attrs"], "adobe_revocation_info_archival")
        except NonexistentAttributeError:
            return self
        return Stored(self.certificates, [*self.crls, *(carried["crl"] or ())], [*self.ocsps, *(carried["ocsp"] or ())])


async def when_signed(embedded, roots: Roots, stored: Stored) -> tuple[Any, dt.datetime | None]:
    """pyHanko's status at the moment of signing, and that moment: the trusted timestamp's, else the claimed one."""
    stamped, claimed = _stamped_at(embedded), _claimed_at(embedded)
    if stamped:
        status = await status_at(embedded, roots, stored, at=stamped)
        if status.timestamp_validity and status.timestamp_validity.trusted:
            return status, stamped  # one of nobody known is worth no more than the claim
    return await status_at(embedded, roots, stored, at=claimed or embedded.signer_cert.not_valid_before), claimed


async def status_at(embedded, roots: Roots, stored: Stored, *, at: dt.datetime):
    """pyHanko's status, with certificates judged at ``at``; what was changed later is looked at once."""
    from pyhanko.sign.validation import KeyUsageConstraints, async_validate_pdf_signature

    return await async_validate_pdf_signature(
        embedded,
        signer_validation_context=_context(roots, stored, at),
        ts_validation_context=_context(roots, stored, at),
        key_usage_settings=KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}),
        skip_diff=embedded.diff_result is not None,
    )


def _context(roots: Roots, stored: Stored, at: dt.datetime, *, crls: Iterable = (), ocsps: Iterable = ()):
    """Chains without revocation, which ``is_revoked`` asks for: the library passes over lists that were not asked for
    by the certificate, and takes one out of date for a fault of the signer's."""
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy, FreshnessReqType

    return ValidationContext(
        trust_roots=list(roots.parsed.certificates),
        other_certs=stored.certificates,
        moment=at,
        allow_fetching=False,
        crls=list(crls),
        ocsps=list(ocsps),
        revinfo_policy=CertRevTrustPolicy(
            NO_REVOCATION, freshness=UNLIMITED, freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION
        ),
    )


async def is_revoked(path, roots: Roots, stored: Stored, at: dt.datetime) -> bool:
    """Whether any list, each asked alone, says that a certificate of the chain was revoked before the signing."""
    from pyhanko_certvalidator.errors import RevokedError
    from pyhanko_certvalidator.revinfo.validate_crl import verify_crl
    from pyhanko_certvalidator.revinfo.validate_ocsp import verify_ocsp_response

    certificates = list(path.iter_certs(include_root=False))
    issuers = {certificate.issuer.hashable for certificate in certificates}
    asked = [(verify_crl, {"crls": [each]}) for each in stored.crls if each.issuer.hashable in issuers] + [
        (verify_ocsp_response, {"ocsps": [each]}) for each in stored.ocsps
    ]
    for certificate in certificates:
        for verify, source in asked:
            try:
                await verify(certificate, path, _context(roots, stored, at, **source))
            except RevokedError:
                return True
            except Exception:  # noqa: BLE001, S112 — of another issuer, unsigned, unreadable: it tells nothing
                continue
    return False


def _stamped_at(embedded) -> dt.datetime | None:
    from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

    for token in extract_tst_data_iter(embedded.signer_info, signed=False):
        return token["encap_content_info"]["content"].parsed["gen_time"].native
    return None


def _claimed_at(embedded) -> dt.datetime | None:
    claimed = embedded.self_reported_timestamp
    return claimed.replace(tzinfo=VIETNAM) if claimed and claimed.tzinfo is None else claimed
