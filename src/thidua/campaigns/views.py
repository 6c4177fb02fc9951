"""The plan as people read it, its versions, loading and publishing."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from thidua.campaigns import actions, changes, followers, queries, rules, workbook
from thidua.campaigns.chosen import about, of_campaign, selected
from thidua.campaigns.forms import IndexForm, LoadForm
from thidua.campaigns.models import PlanVersion
from thidua.core.plan.diff import differences
from thidua.core.plan.reader import how_many
from thidua.core.refusals import Denied, Unfit, verdict
from thidua.exchange.http import excel_response
from thidua.ui.answers import refresh
from thidua.ui.downloads import download
from thidua.ui.fields import put_on
from thidua.ui.listing import Filter, Rows, listing

FALLEN_SHOWN = 20


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
    publishing = found.publishings.order_by("pk").last()
    if request.htmx:  # the page asks again while the worker publishes
        waits = publishing is not None and publishing.completed_at is None
        return render(request, "campaigns/version.html#progress", {"publishing": publishing}) if waits else refresh()
    current = found.campaign.current
    context = {
        "version": found,
        "plan": found.plan,
        "campaign": found.campaign,
        "differences": differences(current.plan, found.plan) if current and current.pk != found.pk else (),
        "may_publish": verdict(rules.check_publish, request.user, found, at=timezone.now()),
        "lines": changes.told(found) if found.published_at else (),
        "publishing": publishing,
    }
    return render(request, "campaigns/version.html", context)


def publish(request, pk):
    """GET shows what it would change, and asks; POST publishes, or has the worker publish what is large."""
    found, now = _version(request, pk), timezone.now()
    about(request, found)
    rules.check_publish(request.user, found, at=now)
    if request.method == "POST":
        actions.have_published(version=found, by=request.user, at=now)
        return redirect("campaigns:version", pk=pk)
    consequences = changes.consequences(found, at=now)
    rows = changes.listed(consequences)
    fallen = [row for row in rows if row.fallen]
    context = {
        "version": found,
        "found": consequences,
        "fallen": fallen[:FALLEN_SHOWN],
        "more_fallen": len(fallen[FALLEN_SHOWN:]),
        "warnings": followers.warnings(consequences.step),
        "listing": _listing(request, rows),
    }
    return render(request, "campaigns/publish.html", context)


def _listing(request, rows):
    kinds = sorted({row.kind for row in rows}, key=changes.ORDER.index)
    names = sorted({row.name for row in rows})
    return listing(
        request,
        Rows(rows),
        filters=[
            Filter(
                "kind",
                _("What happens"),
                [(kind.value, kind.label) for kind in kinds],
                lambda rows, value: Rows(row for row in rows if row.kind == value),
            ),
            Filter(
                "what",
                _("Obligation"),
                [(name, name) for name in names],
                lambda rows, value: Rows(row for row in rows if row.name == value),
            ),
        ],
    )


@require_GET
def publish_excel(request, pk):
    found, now = _version(request, pk), timezone.now()
    about(request, found)
    rules.check_publish(request.user, found, at=now)
    asked = _listing(request, changes.listed(changes.consequences(found, at=now)))
    rows = workbook.change_rows(asked.rows, timezone.localtime)
    name = f"thay-doi-{found.campaign.code}-v{found.number}"
    return excel_response(request, name, workbook.change_columns(), rows, count=asked.count)


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
