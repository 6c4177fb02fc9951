"""The consolidated report and its annexes, drafted from one reading of the data. Nothing is stored here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import translation

from thidua.campaigns.models import Campaign
from thidua.documents import queries as documents
from thidua.documents import word
from thidua.summaries import numbers, papers, queries, workbook


@dataclass(frozen=True)
class Draft:
    """``word`` and ``annexes`` are files; ``template_number`` is 0 for the shipped template."""

    word: bytes
    annexes: bytes
    numbers: list[dict[str, str]]
    template_number: int


def draft(campaign: Campaign, year: int, *, now: dt.datetime) -> Draft:
    """In Vietnamese, over all units. Raises Denied where the office's template cannot be filled."""
    with translation.override("vi"):
        counted = queries.scope(campaign, year)
        stood = queries.standings(counted, now=now)
        summary = queries.summary(counted, stood, now=now)
        found = numbers.numbers(summary)
        content = documents.content(papers.CONSOLIDATED)
        paper = word.fill(content, papers.context(summary, found), limits=word.IN_WORKER)
        template = documents.in_force(papers.CONSOLIDATED)
        return Draft(
            paper, workbook.annexes(counted, stood, found), numbers.as_data(found), template.number if template else 0
        )
