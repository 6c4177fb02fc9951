"""Templates that the office placed, tried afresh by ``thidua init``: one version of the product may refuse what another
filled, and that is better known before a paper is due."""

from __future__ import annotations

from collections.abc import Iterator

from thidua.core.refusals import Denied
from thidua.core.words import Sentence, _
from thidua.documents import queries, rules
from thidua.documents.models import Template
from thidua.documents.registry import PAPERS


def failing() -> Iterator[Sentence]:
    """One query where nobody placed a template."""
    for row in Template.objects.order_by("paper", "-number").distinct("paper"):
        paper = PAPERS.get(row.paper)
        if paper is None or row.file_id is None:
            continue
        try:
            rules.check_template(paper, queries.content(paper))
        except Denied as refusal:
            yield _(
                "The template “%(name)s” of the paper “%(paper)s” is in force and cannot be filled in (%(why)s); "
                "put another in its place, or go back to the shipped one.",
                name=row.name,
                paper=paper.name,
                why=refusal.sentence,
            )
