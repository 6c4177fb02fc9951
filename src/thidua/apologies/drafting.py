"""The letters of a run in one Word file."""

from __future__ import annotations

from django.utils import timezone, translation

from thidua.apologies import papers
from thidua.apologies.models import Run
from thidua.documents import queries as documents
from thidua.documents import word


def written(run: Run) -> bytes:
    """In Vietnamese, in the office's template. Raises Denied where that cannot be filled."""
    letters = list(run.letters.select_related("unit", "batch").order_by("unit__sort_key", "number"))
    with translation.override("vi"):
        context = papers.context(run, letters, run.campaign.current.plan, timezone.localdate(run.issued_at))
        return word.fill(documents.content(papers.LETTER), context, limits=word.IN_WORKER)
