"""A small world of keys for tests: two authorities, people of theirs, a timestamp service; and PDF files they sign."""

import asyncio
import datetime as dt
import hashlib
import io
import random
import re
from dataclasses import dataclass
from functools import cache

import time_machine
from asn1crypto import crl as asn1_crl
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

UTC = dt.UTC
PADES = fields.SigSeedSubFilter.PADES
SIGNED_AT = dt.datetime(2023, 8, 20, 3, 0, tzinfo=UTC)
LONG = (dt.datetime(2020, 1, 1, tzinfo=UTC), dt.datetime(2040, 1, 1, tzinfo=UTC))
ENDED = (dt.datetime(2022, 1, 1, tzinfo=UTC), dt.datetime(2024, 1, 1, tzinfo=UTC))
OVER = (dt.datetime(2020, 6, 1, tzinfo=UTC), dt.datetime(2022, 6, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Holder:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.der)

    @property
    def asn1_key(self) -> keys.PrivateKeyInfo:
        form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return keys.PrivateKeyInfo.load(self.key.private_bytes(serialization.Encoding.DER, form, none))


def holder(name: str, issuer: Holder | None = None, *, span=LONG, ca=False, stamps=False) -> Holder:
    # pyHanko's timestamp service for tests can only sign with RSA, which takes longer to make.
    key = rsa.generate_private_key(65537, 2048) if stamps else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(ca), critical=True)
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Holder(builder.sign((issuer.key if issuer else key), hashes.SHA256()), key)


def _usage(ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca, content_commitment=not ca, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=ca, crl_sign=ca, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def revoking(issuer: Holder, *whom: Holder, at: dt.datetime, made_at: dt.datetime | None = None) -> bytes:
    """A list of revoked certificates in DER."""
    made_at = made_at or at + dt.timedelta(days=1)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(made_at)
        .next_update(made_at + dt.timedelta(days=7))
    )
    for each in whom:
        entry = x509.RevokedCertificateBuilder().serial_number(each.certificate.serial_number).revocation_date(at)
        reason = x509.CRLReason(x509.ReasonFlags.key_compromise)
        builder = builder.add_revoked_certificate(entry.add_extension(reason, critical=False).build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@cache
def authority() -> Holder:
    return holder("CA Mẫu khối công", ca=True)


@cache
def other_authority() -> Holder:
    return holder("CA Mẫu khác", ca=True)


@cache
def below() -> Holder:
    return holder("CA Mẫu cấp dưới", authority(), ca=True)


@cache
def person(name: str = "Hoàng Lan Hạnh", *, issuer=authority, span=LONG) -> Holder:
    return holder(name, issuer(), span=span)


@cache
def stamper(issuer=authority) -> Holder:
    return holder("TSA Mẫu", issuer(), stamps=True)


@cache
def paper(padding: int = 0) -> bytes:
    """A page of text; ``padding`` bytes of a picture that nobody sees make it large."""
    writer = PdfFileWriter(stream_xrefs=False)
    content = b"BT /F1 12 Tf 50 700 Td (Bao cao ket qua cua don vi mau nam 2023) Tj ET"
    stream = generic.StreamObject(stream_data=content)
    page = PageObject(contents=writer.add_object(stream), media_box=(0, 0, 595, 842))
    if padding:
        noise = random.Random(7).randbytes(padding)
        page["/Noise"] = writer.add_object(generic.StreamObject(stream_data=noise))
    writer.insert_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def signed(
    data: bytes, by: Holder, *, at: dt.datetime = SIGNED_AT, stamp: tuple[Holder, dt.datetime] | None = None,
    field: str = "Ky1", chain: tuple[Holder, ...] = (), **metadata,
) -> bytes:  # fmt: skip
    """The file with a signature appended, as the clock showed ``at``."""
    timestamper = stamp and DummyTimeStamper(stamp[0].asn1, stamp[0].asn1_key, fixed_dt=stamp[1])
    described = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256", **metadata)
    with time_machine.travel(at, tick=False):
        writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
        made = asyncio.run(
            _Regardless(described, signer=_signer(by, *chain), timestamper=timestamper).async_sign_pdf(writer)
        )
    return made.getvalue()


class _Regardless(signers.PdfSigner):
    """As a program signs that does not ask whether it may."""

    def _enforce_certification_constraints(self, reader) -> None:
        pass


def _signer(by: Holder, *chain: Holder) -> signers.SimpleSigner:
    store = SimpleCertificateStore()
    store.register_multiple([each.asn1 for each in (*chain, by)])
    return signers.SimpleSigner(signing_cert=by.asn1, signing_key=by.asn1_key, cert_registry=store)


def with_lists(data: bytes, *crls: bytes) -> bytes:
    """The file with lists of revoked certificates in its security store."""
    buffer = io.BytesIO(data)
    DocumentSecurityStore.add_dss(
        buffer, sig_contents=None, crls=[asn1_crl.CertificateList.load(each) for each in crls]
    )
    return buffer.getvalue()


def with_shadow(data: bytes) -> bytes:
    """Another text put over the page by an incremental update, as an attacker does it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    shadow = b"q 1 1 1 rg 0 0 595 842 re f Q BT /F1 12 Tf 50 700 Td (Tat ca deu dat 100 phan tram) Tj ET"
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=shadow)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def locked(password: str) -> bytes:
    writer = PdfFileWriter()
    writer.insert_page(
        PageObject(contents=writer.add_object(generic.StreamObject(stream_data=b"")), media_box=(0, 0, 9, 9))
    )
    writer.encrypt(owner_pass="chu", user_pass=password)  # noqa: S106
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_note(data: bytes) -> bytes:
    """A note of a reviewer on the page, which is no filling in of a form."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    name, rect = generic.NameObject, [generic.NumberObject(each) for each in (100, 600, 200, 650)]
    note = {
        name("/Type"): name("/Annot"),
        name("/Subtype"): name("/Text"),
        name("/Rect"): generic.ArrayObject(rect),
        name("/Contents"): generic.pdf_string("Da xem"),
    }
    writer.register_annotation(
        writer.root["/Pages"]["/Kids"].raw_get(0), writer.add_object(generic.DictionaryObject(note))
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def certified(data: bytes, by: Holder) -> bytes:
    """Signed so that nothing may be changed any more."""
    return signed(data, by, certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES)


def last_byte_of_signature(data: bytes) -> int:
    """Where the signature proper ends, before the zeros that fill up its room."""
    return data.index(b"/Contents <") + len(data[data.index(b"/Contents <") :].split(b">")[0].rstrip(b"0")) - 1


def signed_in_part(by: Holder | None = None) -> bytes:
    """A true signature whose range of bytes ends before the file does."""
    by = by or person()
    data = bytearray(signed(paper(), by))
    found = re.search(rb"/ByteRange \[0 +(\d+) +(\d+) +(\d+) *\]", data)
    before, after, rest = (int(each) for each in found.groups())
    shorter = b"/ByteRange [0 %d %d %d" % (before, after, rest - 40)
    data[found.start() : found.end()] = shorter.ljust(len(found[0]) - 1) + b"]"
    digest = hashlib.sha256(data[:before] + data[after : after + rest - 40]).digest()
    with time_machine.travel(SIGNED_AT, tick=False):
        made = asyncio.run(_signer(by).async_sign(digest, "sha256"))
    data[before + 1 : after - 1] = made.dump().hex().encode().ljust(after - before - 2, b"0")
    return bytes(data)


def with_more_beside_the_signature(data: bytes) -> bytes:
    """The signature written as raw bytes takes half its room; the rest is filled, and every length stays as it was."""
    begin = data.index(b"/Contents <") + len(b"/Contents ")
    end = data.index(b">", begin) + 1
    raw = bytes.fromhex(data[begin + 1 : end - 1].decode())
    written = b"(" + re.sub(rb"[()\\\r\n]", lambda found: b"\\%03o" % found[0][0], raw) + b")/Cover("
    return data[:begin] + written + b"x" * (end - begin - len(written) - 1) + b")" + data[end:]


def _numbered(*objects: bytes) -> bytes:
    """A file of these objects, the first of which is its root."""
    data, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\n" % (size, rows, size)
    return data + table + b"startxref\n%d\n%%%%EOF\n" % len(data)


def circle_of_pages() -> bytes:
    return _numbered(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[2 0 R]/Parent 2 0 R>>")


def circle_of_fields() -> bytes:
    form = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>"
    return _numbered(form, b"<</Type/Pages/Count 0/Kids[]>>", b"<</T(a)/FT/Sig/Kids[3 0 R]>>")


@cache
def endless(revisions: int = 20_000) -> bytes:
    """A signed file and thousands of small updates, each of which is to be compared with those before."""
    data = signed(paper(), person())
    last = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    root, size = re.findall(rb"/Root (\d+ 0 R)", data)[-1], int(re.findall(rb"/Size (\d+)", data)[-1])
    out = io.BytesIO()
    out.write(data)
    for number in range(revisions):
        place = out.tell()
        out.write(b"%d 0 obj\n<</N %d>>\nendobj\n" % (size, number))
        table = out.tell()
        out.write(b"xref\n%d 1\n%010d 00000 n \ntrailer\n" % (size, place))
        out.write(b"<</Size %d/Root %s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (size + 1, root, last, table))
        last = table
    return out.getvalue()
