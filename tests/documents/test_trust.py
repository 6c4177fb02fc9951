"""Trust roots from files and folders that the settings name."""

import base64

import pytest
from django.core.checks import run_checks
from tests.documents import signing as made

from thidua.documents import queries, trust

OURS, OTHER = made.authority(), made.other_authority()
CRL = made.revoking(OURS, made.person(), at=made.SIGNED_AT)


def pem(kind: str, der: bytes) -> bytes:
    return f"-----BEGIN {kind}-----\n{base64.encodebytes(der).decode()}-----END {kind}-----\n".encode()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.pem").write_bytes(OURS.pem + OTHER.pem + pem("X509 CRL", CRL))
    (tmp_path / "b.cer").write_bytes(OURS.der)
    (tmp_path / "c.crl").write_bytes(CRL)
    (tmp_path / "readme.txt").write_text("Tải về từ trang của cơ quan cấp chứng thư.")
    return tmp_path


def test_a_folder_of_every_form_is_read_and_each_counts_once(folder):
    roots = trust.read([folder])
    assert set(roots.certificates) == {OURS.der, OTHER.der}
    assert roots.crls == (CRL,)


def test_the_version_follows_the_content_and_not_the_files(folder, tmp_path):
    single = tmp_path / "all.pem"
    single.write_bytes(OTHER.pem + pem("X509 CRL", CRL) + OURS.pem)
    assert (
        trust.read([single]).version == trust.read([folder / "a.pem"]).version != trust.read([folder / "b.cer"]).version
    )
    assert trust.Roots().version == trust.Roots((), (CRL,)).version == ""


def test_a_changed_file_is_read_again(folder):
    file = folder / "b.cer"
    before = trust.read([file])
    file.write_bytes(OTHER.pem)
    assert trust.read([file]).certificates == (OTHER.der,) != before.certificates


@pytest.mark.parametrize(
    "content", [b"", b"no certificate", OURS.der[:-9], OURS.pem[:-60], pem("PRIVATE KEY", b"0000")]
)
def test_what_is_no_certificate_is_named(tmp_path, content):
    file = tmp_path / "sai.pem"
    file.write_bytes(content)
    with pytest.raises(trust.TrustUnreadable, match=r"sai\.pem"):
        trust.read([file])


def test_a_wrong_setting_is_found_by_the_check_and_believes_nobody(settings, tmp_path, caplog):
    settings.TRUST_PUBLIC = [tmp_path / "thieu.pem"]
    assert "THIDUA_TRUST_PUBLIC" in str(run_checks(databases=[]))
    assert queries.roots_for(is_public=True) == trust.Roots()
    assert "thieu.pem" in caplog.text


def test_each_kind_of_unit_has_its_own_roots(settings, tmp_path):
    for name, who in (("TRUST_PUBLIC", OURS), ("TRUST_PRIVATE", OTHER)):
        (tmp_path / name).write_bytes(who.pem)
        setattr(settings, name, [tmp_path / name])
    assert queries.roots_for(is_public=True).certificates == (OURS.der,)
    assert queries.roots_for(is_public=False).certificates == (OTHER.der,)
