"""Drafts follow the plan: what was never handed in goes on with the form of the version in force, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, QuerySet

from thidua.campaigns.changes import Step
from thidua.campaigns.followers import Follower
from thidua.campaigns.models import PlanVersion
from thidua.core.dossiers import DossierState
from thidua.core.words import Sentence, _
from thidua.dossiers.models import Dossier


def _drafts(version: PlanVersion) -> QuerySet[Dossier]:
    states = [DossierState.DRAFT, DossierState.PRESENTED]
    drafts = Dossier.objects.filter(campaign=version.campaign_id, state__in=states, submitted_at=None)
    return drafts.exclude(version=version)


def _following(version: PlanVersion) -> QuerySet[Dossier]:
    """Those that the version still asks for, on a form that it still has; the others stay with their own."""
    plan = version.plan
    forms, keys = [form.id for form in plan.forms], [each.id for each in plan.obligations]
    return _drafts(version).filter(form__in=forms, obligation_key__in=keys)


def warn(step: Step) -> Iterator[Sentence]:
    """How many drafts go on with a form that is another one from then on, and how many stay behind. One query."""
    plan = step.plan
    forms, keys = {form.id: form for form in plan.forms}, {each.id for each in plan.obligations}
    changed = left = 0
    rows = _drafts(step.version).values_list("form", "obligation_key", "version").annotate(count=Count("pk"))
    for form, key, version, count in rows.order_by():
        if form not in forms or key not in keys:
            left += count
        elif step.plans[version].form(form) != forms[form]:
            changed += count
    if changed:
        yield _("%(count)s drafts go on with a changed form; all that is typed in them is kept.", count=changed)
    if left:
        yield _("%(count)s drafts are asked no more; they stay to be read.", count=left)


def follow(version: PlanVersion) -> None:
    """Locked in one order: whoever signs one of them at this moment is done before, or signs the new form."""
    drafts = _following(version).select_for_update(no_key=True).order_by("pk")
    Dossier.objects.filter(pk__in=list(drafts.values_list("pk", flat=True))).update(version=version)


FOLLOWER = Follower(warn, follow)
