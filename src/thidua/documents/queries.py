"""Which template of a paper is in force."""

from __future__ import annotations

from thidua.documents.models import Template
from thidua.documents.registry import Paper
from thidua.ledger.files import open_stored


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
