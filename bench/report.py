"""The consolidated report of a year with its annexes, drafted as the worker does: the first time and when warm."""

from __future__ import annotations

import statistics
import time

ROUNDS = 5


def measure() -> dict[str, object]:
    from django.utils import timezone

    from thidua.campaigns.models import Campaign
    from thidua.summaries import drafting

    campaign = Campaign.objects.select_related("current").get()

    def once() -> float:
        start = time.perf_counter()
        drafting.draft(campaign, campaign.first_year, now=timezone.localtime())
        return time.perf_counter() - start

    first = once()
    warm = [once() for _round in range(ROUNDS)]
    return {"first_s": round(first, 2), "median_s": round(statistics.median(warm), 2), "best_s": round(min(warm), 2)}
