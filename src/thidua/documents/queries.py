"""Which template of a paper is in force; what is known of the signatures of stored files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import JSONObject

from thidua.documents import marks, trust
from thidua.documents.models import Picture, SignatureVerdict, Template
from thidua.documents.registry import Paper
from thidua.documents.signatures import Verdict
from thidua.ledger.models import StoredFile
from thidua.ledger.store import open_stored

PICTURES = ("jpg", "png")


def in_force(paper: Paper) -> Template | None:
    """The row of the template in force; None while nobody changed the shipped one."""
    return Template.objects.filter(paper=paper.key).select_related("file").order_by("-number").first()


def content(paper: Paper) -> bytes:
    """The Word file of the template in force."""
    row = in_force(paper)
    if row is None or row.file is None:
        return paper.build()
    with open_stored(row.file) as file:
        return file.read()


def history(paper: Paper):
    return Template.objects.filter(paper=paper.key).select_related("file").order_by("-number")


def roots_for(*, is_public: bool) -> trust.Roots:
    """Whose signatures are believed on files of a public or a private unit."""
    return trust.configured(settings.TRUST_PUBLIC if is_public else settings.TRUST_PRIVATE)


def sets_of_roots() -> list[trust.Roots]:
    """The two sets, or one where they are the same: under each of them every file is judged."""
    return list({roots.version: roots for roots in (roots_for(is_public=True), roots_for(is_public=False))}.values())


def without_verdict(roots: trust.Roots) -> QuerySet[StoredFile]:
    """Stored PDF files that were not yet judged under these roots."""
    known = SignatureVerdict.objects.filter(file=OuterRef("pk"), roots=roots.version)
    return StoredFile.objects.filter(~Exists(known), extension="pdf", fault="").order_by("pk")


def without_outline() -> QuerySet[StoredFile]:
    """Stored pictures that were not yet looked at."""
    known = Picture.objects.filter(file=OuterRef("pk"))
    return StoredFile.objects.filter(~Exists(known), extension__in=PICTURES, fault="").order_by("pk")


def with_verdicts(attachments: QuerySet[Any], *, public: str) -> QuerySet[Any]:
    """Attachments with what is known of the signatures in their ``file``, in the same query, for ``mark_signatures``.

    ``public`` is the way from the attachment to whether its unit is public, which says whose signatures are believed.
    """
    versions = {is_public: roots_for(is_public=is_public).version for is_public in (True, False)}
    found = SignatureVerdict.objects.filter(file=OuterRef("file"), roots=OuterRef("trust_roots"))
    data = JSONObject(status="status", reason="reason", signatures="signatures")
    return attachments.select_related("file").annotate(
        of_public_unit=F(public),
        trust_roots=Case(When(**{public: True}, then=Value(versions[True])), default=Value(versions[False])),
        signature_verdict=Subquery(found.values(data=data)),
    )


def mark_signatures(attachments: Iterable[Any]) -> None:
    """Give each attachment from ``with_verdicts`` its ``signature`` (``marks.Mark``), None where it is no PDF file."""
    for item in attachments:
        item.signature = None
        if item.signature_verdict:
            verdict = Verdict.from_data(item.signature_verdict)
            item.signature = marks.mark(verdict, is_public=item.of_public_unit, has_roots=bool(item.trust_roots))
        elif item.file.extension == "pdf":
            item.signature = marks.WAITING
