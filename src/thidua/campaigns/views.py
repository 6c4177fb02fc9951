"""The plan as people read it, its versions, loading and publishing."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from thidua.campaigns import actions, queries, rules
from thidua.campaigns.chosen import about, of_campaign, selected
from thidua.campaigns.forms import IndexForm, LoadForm
from thidua.campaigns.models import PlanVersion
from thidua.core.plan.diff import differences
from thidua.core.plan.reader import how_many
from thidua.core.refusals import Denied, Unfit, verdict
from thidua.ui.downloads import download
from thidua.ui.fields import put_on


@require_GET
@of_campaign
def plan(request):
    campaign, year = selected(request)
    return render(request, "campaigns/plan.html", {"campaign": campaign, "plan": campaign.current.plan, "year": year})


def _versions_page(request, form=None, problems=(), status=200):
    context = {
        "versions": PlanVersion.objects.visible_to(request.user).select_related(
            "campaign", "published_by", "loaded_by"
        ),
        "form": form or LoadForm(),
        "problems": problems,
        "problem_count": how_many(problems),
        "may_load": verdict(rules.check_load, request.user, at=timezone.now()),
    }
    return render(request, "campaigns/versions.html", context, status=status)


@require_GET
def versions(request):
    return _versions_page(request)


@require_POST
def load(request):
    rules.check_load(request.user, at=timezone.now())
    form = LoadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _versions_page(request, form, status=422)
    text, name = form.cleaned_data["file"], request.FILES["file"].name
    try:
        _plan, problems = queries.read_plan(text, name)
    except Unfit as refusal:
        put_on(form, refusal, {"": "file"})
        return _versions_page(request, form, status=422)
    if any(problem.level == "error" for problem in problems):
        return _versions_page(request, form, problems, status=422)
    version, _problems = actions.load(text=text, name=name, by=request.user, at=timezone.now())
    messages.success(request, _("Version %(number)s is stored as a draft.") % {"number": version.number})
    return redirect("campaigns:version", pk=version.pk)


def _version(request, pk) -> PlanVersion:
    return get_object_or_404(PlanVersion.objects.visible_to(request.user).select_related("campaign__current"), pk=pk)


@require_GET
def version(request, pk):
    found = _version(request, pk)
    about(request, found)
    current = found.campaign.current
    context = {
        "version": found,
        "plan": found.plan,
        "campaign": found.campaign,
        "differences": differences(current.plan, found.plan) if current and current.pk != found.pk else (),
        "may_publish": verdict(rules.check_publish, request.user, found, at=timezone.now()),
    }
    return render(request, "campaigns/version.html", context)


@require_POST
def publish(request, pk):
    actions.publish(version=_version(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("Published."))
    return redirect("campaigns:version", pk=pk)


@require_GET
def file(request, pk):
    found = _version(request, pk)
    return download(found.source.encode(), f"{found.campaign.code}-v{found.number}", "toml")


@of_campaign
def indices(request):
    """What was published for each index, by year; POST records one value."""
    campaign, year = selected(request)
    form, status = IndexForm(request.POST or None, indices=campaign.current.plan.indices), 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _recorded(request, form, campaign):
            messages.success(request, _("The value is recorded."))
            return redirect(request.chosen.address("campaigns:indices"))
    context = {
        "campaign": campaign,
        "year": year,
        "rows": queries.index_rows(campaign),
        "form": form,
        "may_record": verdict(rules.check_record_index, request.user, at=timezone.now()),
    }
    return render(request, "campaigns/indices.html", context, status=status)


def _recorded(request, form, campaign) -> bool:
    try:
        actions.record_index(campaign=campaign, by=request.user, at=timezone.localtime(), **form.cleaned_data)
    except Denied as refusal:
        put_on(form, refusal)
        return False
    return True
