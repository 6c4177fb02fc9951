"""What people read beside a file: a word with its sign, who signed and when, and a sentence where all is not well."""

from __future__ import annotations

from dataclasses import dataclass

from thidua.core.words import Sentence, _
from thidua.documents.signatures import Reason, Signature, Status, Verdict

LABELS = {
    Status.VALID: _("Valid digital signature"),
    Status.ALTERED: _("Altered after signing"),
    Status.PARTIAL: _("Signed in part only"),
    Status.UNTRUSTED: _("Signer not verified"),
    Status.REVOKED: _("Signed with a revoked certificate"),
    Status.EXPIRED: _("Signed outside the certificate's term"),
    Status.UNREADABLE: _("Signature not readable"),
    Status.NONE: _("No digital signature"),
}
# tone and icon of the chip
LOOKS = {
    Status.VALID: ("done", "done"),
    Status.ALTERED: ("late", "late"),
    Status.PARTIAL: ("late", "late"),
    Status.UNTRUSTED: ("soon", "late"),
    Status.REVOKED: ("late", "miss"),
    Status.EXPIRED: ("late", "miss"),
    Status.UNREADABLE: ("soon", "late"),
    Status.NONE: ("none", "none"),
}
WHY = {
    Status.ALTERED: _("The content of the file is no longer what was signed."),
    Status.PARTIAL: _("The file has content that was not signed: it was changed later, or left out of the signature."),
    Status.REVOKED: _("The certificate had been revoked before the file was signed."),
    Status.EXPIRED: _("The certificate was not in force when the file was signed, or the signature does not say when."),
    Status.UNREADABLE: _("The signature is of a kind that cannot be checked here."),
}
UNREAD = {
    Reason.DAMAGED: _("The file is damaged or is not a PDF file."),
    Reason.PASSWORD: _("The file is locked with a password."),
    Reason.TOO_MUCH: _("The file is too large or too intricate to be checked."),
    Reason.MISSING: _("The file cannot be opened."),
}
UNKNOWN = _("The certificate does not lead to a trusted root.")
UNKNOWN_PUBLIC = _("The certificate does not lead to a root that is trusted for public units.")
UNKNOWN_PRIVATE = _("The certificate does not lead to a root that is trusted for private units.")
NO_ROOTS = _("No trusted root certificate is configured, so it cannot be verified whose signature this is.")


@dataclass(frozen=True)
class Line:
    """One signature as it is told; ``label`` only where several are told apart."""

    signature: Signature
    label: Sentence | str


@dataclass(frozen=True)
class Mark:
    label: Sentence
    tone: str
    icon: str
    lines: tuple[Line, ...] = ()
    why: Sentence | str = ""


WAITING = Mark(_("Signature being checked"), "wait", "wait")


def mark(verdict: Verdict, *, is_public: bool, has_roots: bool) -> Mark:
    """How a verdict shows beside the file of a public or a private unit."""
    several = len(verdict.signatures) > 1
    lines = tuple(Line(each, LABELS[each.status] if several else "") for each in verdict.signatures)
    tone, icon = LOOKS[verdict.status]
    return Mark(LABELS[verdict.status], tone, icon, lines, why(verdict, is_public=is_public, has_roots=has_roots))


def why(verdict: Verdict, *, is_public: bool | None, has_roots: bool) -> Sentence | str:
    """The sentence to a verdict that is not well; nothing to one that is, and to a file without signature.

    ``is_public`` is None where it is not known whose file it is, and every root counted.
    """
    if verdict.reason:
        return UNREAD[verdict.reason]
    if verdict.status != Status.UNTRUSTED:
        return WHY.get(verdict.status, "")
    if not has_roots:
        return NO_ROOTS
    return {None: UNKNOWN, True: UNKNOWN_PUBLIC, False: UNKNOWN_PRIVATE}[is_public]
