"""Published plans that lack what the product's own edition of them has come to know: told, and brought up on demand.

A published version never changes, so an upgrade of the product changes no figure by itself. What it would compute and
cannot, as the version has no measure for it, is said by ``thidua init``, by a sign, and mended by ``thidua plan
upgrade``, which keeps every word that the office wrote.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.urls import reverse

from thidua.campaigns.models import Campaign, without_text
from thidua.core.plan.editions import lacking
from thidua.core.words import Sentence, _
from thidua.ledger.signs import Sign


@dataclass(frozen=True)
class Behind:
    """``criteria`` are those that the shipped edition computes and the published version does not."""

    campaign: Campaign
    criteria: tuple[str, ...]

    @property
    def sentence(self) -> Sentence:
        plan = self.campaign.current.plan
        names = "; ".join(plan.criterion(each).short for each in self.criteria)
        return _(
            "The published plan %(code)s has no measure for: %(names)s. Nothing is computed for them until: "
            "thidua plan upgrade %(code)s",
            code=self.campaign.code,
            names=names,
        )


@cache
def shipped() -> dict[str, tuple[str, tuple[str, ...]]]:
    """code → (text, criteria with a measure) of the plans that come with the product. They are read without the checks
    of a plan, which take a second."""
    found = {}
    for file in resources.files("thidua").joinpath("plans").iterdir():
        if file.name.endswith(".toml"):
            text = file.read_text(encoding="utf-8")
            data = tomllib.loads(text)
            found[data["id"]] = (text, tuple(each["criterion"] for each in data.get("measures", ())))
    return found


def behind() -> Iterator[Behind]:
    """One query."""
    published = Campaign.objects.filter(current__isnull=False).select_related("current")
    for campaign in published.defer(*without_text("current")).order_by("code"):
        if campaign.code in shipped():
            criteria = lacking(campaign.current.plan, shipped()[campaign.code][1])
            if criteria:
                yield Behind(campaign, criteria)


def look(at: dt.datetime) -> Iterator[Sign]:
    found = list(behind())
    sentence = found[0].sentence if found else _("Published plans compute all that the product can.")
    yield Sign("plans", not found, sentence, len(found), reverse("campaigns:versions"), is_notice=True)
