"""The letters of a run in one Word file."""

from __future__ import annotations

from django.utils import timezone, translation

from thidua.apologies import papers
from thidua.apologies.models import Run
from thidua.campaigns.models import Campaign
from thidua.documents import queries as documents
from thidua.documents import word


def written(run: Run) -> bytes:
    """In Vietnamese, in the office's template. Raises Denied where that cannot be filled."""
    letters = list(run.letters.select_related("unit", "batch").order_by("unit__sort_key", "number"))
    year = int(letters[0].batch.period)
    campaign = (
        Campaign.objects.filter(current__isnull=False, first_year__lte=year, last_year__gte=year)
        .select_related("current")
        .order_by("pk")
        .first()
    )
    with translation.override("vi"):
        context = papers.context(run, letters, campaign.current.plan, timezone.localdate(run.issued_at))
        return word.fill(documents.content(papers.LETTER), context, limits=word.IN_WORKER)
