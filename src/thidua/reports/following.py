"""What a new version of the plan means for figures: those of before keep the wording and threshold they were declared
under, so a criterion that changes begins a new series."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count

from thidua.campaigns.changes import Step
from thidua.campaigns.followers import Follower
from thidua.core.words import Sentence, _
from thidua.reports.models import Figure


def warn(step: Step) -> Iterator[Sentence]:
    """One query, where a criterion of the plan in force changes or goes."""
    if step.in_force is None:
        return
    after = {each.id: each for each in step.plan.criteria}
    touched = {each.id: each.short for each in step.in_force.criteria if after.get(each.id) != each}
    if not touched:
        return
    declared = Figure.objects.filter(campaign=step.campaign, criterion__in=touched)
    for id, count in declared.values_list("criterion").annotate(count=Count("pk")).order_by("criterion"):
        name = touched[id]
        if id not in after:
            yield _("The criterion “%(name)s” goes; its %(count)s figures stay.", name=name, count=count)
        else:
            yield _(
                "The criterion “%(name)s” changes and begins a new series; %(count)s figures keep what they were"
                " declared under.",
                name=name,
                count=count,
            )


FOLLOWER = Follower(warn)
