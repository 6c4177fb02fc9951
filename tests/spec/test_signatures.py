"""Digital signatures of a PDF file: what each sort of good and bad file is said to be."""

import datetime as dt
from functools import cache

import pytest
from tests.documents import signing as made
from tests.spec.tables import rows

from thidua.documents import signatures
from thidua.documents.signatures import Verdict, check
from thidua.documents.trust import Roots

# intact, whole, trusted, then: of each signature in order; "at" is whether its certificate was in force when it signed.
CASES = rows("""
    file                                            status      intact   whole    trusted  at
    ----------------------------------------------- ----------- -------- -------- -------- --------
    unsigned                                        none
    signed                                          valid       yes      yes      yes      yes
    signed below an authority between               valid       yes      yes      yes      yes
    signed for long-term keeping                    valid       yes      yes      yes      yes
    two signatures                                  valid       yes yes  no yes   yes yes  yes yes

    # Time: at the timestamp, else as claimed; never today
    certificate ended since                         valid       yes      yes      yes      yes
    certificate ended before                        expired     yes      yes      yes      no
    certificate begins later                        expired     yes      yes      yes      no
    stamped in time, claims a later day             valid       yes      yes      yes      yes
    stamped too late, claims an earlier day         expired     yes      yes      yes      no
    stamped by a stranger, claims a later day       expired     yes      yes      yes      no

    # Trust
    another authority                               untrusted   yes      yes      no       yes
    authority between left out                      untrusted   yes      yes      no       yes
    good and another authority                      untrusted   yes yes  no yes   yes no   yes yes

    # Revocation: before the signing, by a list that its authority signed
    revoked before, list in the file                revoked     yes      no       yes      no
    revoked after, list in the file                 valid       yes      no       yes      yes
    others revoked, list in the file                valid       yes      no       yes      yes
    revoked before, list of a stranger              valid       yes      no       yes      yes
    authority between revoked                       revoked     yes      no       yes      no

    # The signed bytes
    one byte of the page changed                    altered     no       yes      no       yes
    one byte of the signature changed               altered     no       yes      no       yes
    first of two altered with the second            altered     no no    no yes   no no    yes yes

    # What was not signed
    text put over the page                          partial     yes      no       yes      yes
    text put over the page between two signatures   partial     yes yes  no yes   yes yes  yes yes
    note put on the page                            partial     yes      no       yes      yes
    more bytes at the end                           partial     yes      no       yes      yes
    a part left out of the signature                partial     yes      no       yes      yes
    more put into the room of the signature         partial     yes      no       yes      yes
    signed after changes were forbidden             partial     yes yes  no yes   yes yes  yes yes

    # No verdict
    a kind of signature of long ago                 unreadable  no       no       no       no
    cut short                                       unreadable
    cut in the middle                               unreadable
    no PDF file                                     unreadable
    empty                                           unreadable
    locked with a password                          unreadable
    locked against changes only                     none
    tree of pages that bites its tail               none
    fields that bite their tail                     unreadable
""")
DAY = dt.timedelta(days=1)
YEAR = dt.timedelta(days=366)


@cache
def person():
    return made.person()


@cache
def good() -> bytes:
    return made.signed(made.paper(), person())


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + (b"1" if data[at : at + 1] != b"1" else b"2") + data[at + 1 :]


def page_changed(data: bytes) -> bytes:
    return changed(data, data.index(b"Bao cao") + 3)


def under_another(name: str, authority) -> bytes:
    return made.signed(made.paper(), made.person(name, issuer=authority))


def ended(**more) -> bytes:
    return made.signed(made.paper(), made.person("Trần Hết Hạn", span=made.ENDED), **more)


def revoked(*whom, issuer=made.authority, at=-DAY) -> bytes:
    return made.with_lists(good(), made.revoking(issuer(), *(whom or [person()]), at=made.SIGNED_AT + at))


def signed_below(**more) -> bytes:
    return made.signed(made.paper(), made.person("Bùi Khánh Linh", issuer=made.below), **more)


def second(data: bytes, by=None) -> bytes:
    return made.signed(data, by or made.person("Lê Văn Bình"), field="Ky2", at=made.SIGNED_AT + DAY)


FILES = {
    "unsigned": made.paper,
    "signed": good,
    "signed below an authority between": lambda: signed_below(chain=(made.below(),)),
    "signed for long-term keeping": lambda: made.signed(made.paper(), person(), subfilter=made.PADES),
    "two signatures": lambda: second(good()),
    "certificate ended since": ended,
    "certificate ended before": lambda: ended(at=made.ENDED[1] + DAY),
    "certificate begins later": lambda: ended(at=made.ENDED[0] - DAY),
    "stamped in time, claims a later day": lambda: ended(
        at=made.SIGNED_AT + 2 * YEAR, stamp=(made.stamper(), made.SIGNED_AT)
    ),
    "stamped too late, claims an earlier day": lambda: ended(stamp=(made.stamper(), made.SIGNED_AT + 2 * YEAR)),
    "stamped by a stranger, claims a later day": lambda: ended(
        at=made.SIGNED_AT + 2 * YEAR, stamp=(made.stamper(made.other_authority), made.SIGNED_AT)
    ),
    "another authority": lambda: under_another("Người Lạ", made.other_authority),
    "authority between left out": signed_below,
    "good and another authority": lambda: second(good(), made.person("Người Lạ", issuer=made.other_authority)),
    "revoked before, list in the file": revoked,
    "revoked after, list in the file": lambda: revoked(at=DAY),
    "others revoked, list in the file": lambda: revoked(made.person("Lê Văn Bình")),
    "revoked before, list of a stranger": lambda: revoked(
        issuer=lambda: made.Holder(made.authority().certificate, made.other_authority().key)
    ),
    "authority between revoked": lambda: made.with_lists(
        signed_below(chain=(made.below(),)), made.revoking(made.authority(), made.below(), at=made.SIGNED_AT - DAY)
    ),
    "one byte of the page changed": lambda: page_changed(good()),
    "one byte of the signature changed": lambda: changed(good(), made.last_byte_of_signature(good())),
    "first of two altered with the second": lambda: page_changed(second(good())),
    "text put over the page": lambda: made.with_shadow(good()),
    "text put over the page between two signatures": lambda: second(made.with_shadow(good())),
    "note put on the page": lambda: made.with_note(good()),
    "more bytes at the end": lambda: good() + b"7 0 obj\n<</Type/Catalog>>\nendobj\n",
    "a part left out of the signature": made.signed_in_part,
    "more put into the room of the signature": lambda: made.with_more_beside_the_signature(good()),
    "signed after changes were forbidden": lambda: second(made.certified(made.paper(), person())),
    "a kind of signature of long ago": lambda: good().replace(b"/adbe.pkcs7.detached", b"/adbe.x509.rsa_sha1 "),
    "cut short": lambda: good()[:-200],
    "cut in the middle": lambda: good()[: len(good()) // 2],
    "no PDF file": lambda: b"PK\x03\x04 not a PDF",
    "empty": lambda: b"",
    "locked with a password": lambda: made.locked("mat-khau"),
    "locked against changes only": lambda: made.locked(""),
    "tree of pages that bites its tail": made.circle_of_pages,
    "fields that bite their tail": made.circle_of_fields,
}


def judged(data: bytes) -> Verdict:
    return check(data, Roots((made.authority().der,)))


def told(verdict: Verdict, name: str) -> str:
    return " ".join("yes" if getattr(each, name) else "no" for each in verdict.signatures)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_a_file_is_said_to_be(case):
    verdict = judged(FILES[case["file"]]())
    found = {
        "file": case["file"],
        "status": verdict.status,
        "intact": told(verdict, "intact"),
        "whole": told(verdict, "whole_document"),
        "trusted": told(verdict, "trusted"),
        "at": told(verdict, "valid_at_signing"),
    }
    assert found == case


def test_it_is_told_who_signed_when_and_by_whose_certificate():
    (signature,) = judged(good()).signatures
    assert (signature.signer, signature.issuer) == ("Hoàng Lan Hạnh", "CA Mẫu khối công")
    assert signature.signed_at == made.SIGNED_AT


def test_the_timestamp_counts_and_not_the_claim():
    (signature,) = judged(ended(at=made.SIGNED_AT + 2 * YEAR, stamp=(made.stamper(), made.SIGNED_AT))).signatures
    assert signature.signed_at == made.SIGNED_AT


def test_without_roots_nobody_is_trusted():
    assert check(good(), Roots()).status == "untrusted"
    assert check(page_changed(good()), Roots()).status == "altered"


@pytest.mark.parametrize("days", [1, 900])
def test_a_configured_list_revokes_however_old_or_new_it_is(days):
    listed = made.revoking(
        made.authority(), person(), at=made.SIGNED_AT - 30 * DAY, made_at=made.SIGNED_AT + days * DAY
    )
    older = made.revoking(made.authority(), person(), at=made.SIGNED_AT - 30 * DAY)
    other = made.revoking(made.authority(), made.person("Lê Văn Bình"), at=made.SIGNED_AT - DAY)
    roots = (made.authority().der,)
    assert check(good(), Roots(roots, (listed,))).status == "revoked"
    assert check(good(), Roots(roots, (other, older))).status == "revoked"  # another list does not hide it
    assert check(good(), Roots(roots, (other,))).status == "valid"


def test_a_name_cannot_steer_how_it_is_shown():
    odd = made.person("An\x00\u202egiả\nmạo" + "x" * 20)
    (signature,) = judged(made.signed(made.paper(), odd)).signatures
    assert signature.signer == "Angiảmạo" + "x" * 20


def test_more_signatures_than_a_paper_has_are_not_read(monkeypatch):
    monkeypatch.setattr(signatures, "SIGNATURES_LIMIT", 1)
    assert judged(second(good())) == Verdict(signatures.Status.UNREADABLE, reason=signatures.Reason.TOO_MUCH)
    assert judged(good()).status == "valid"


def test_a_verdict_is_the_same_after_it_was_kept():
    verdict = judged(second(good()))
    assert Verdict.from_data(verdict.as_data()) == verdict


def test_the_library_does_not_write_into_our_log(caplog):
    for data in (page_changed(good()), under_another("Người Lạ", made.other_authority), made.with_shadow(good())):
        judged(data)
    assert caplog.text == ""
