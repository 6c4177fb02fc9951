"""Having the consolidated report of a year written, its downloads, and where each of its numbers comes from."""

from __future__ import annotations

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from thidua.campaigns.chosen import about, of_campaign, selected
from thidua.core.refusals import NotThere, need, verdict
from thidua.documents.http import stored_response
from thidua.summaries import actions, papers, rules
from thidua.summaries.models import Report
from thidua.ui.answers import refresh

FILES = ("word", "annexes")


@require_GET
@of_campaign
def list_(request):
    campaign, year = selected(request)
    need(request.user.access.sees_all, _("This page counts every unit; it is for the department."))
    reports = Report.objects.visible_to(request.user).filter(campaign=campaign, year=year)
    context = {
        "campaign": campaign,
        "year": year,
        "reports": reports.select_related("prepared_by", "word", "annexes").order_by("-pk")[:30],
        "may_prepare": verdict(rules.check_prepare, request.user, at=timezone.now()),
        "paper": papers.CONSOLIDATED,
    }
    return render(request, "summaries/list.html", context)


@require_POST
@of_campaign
def prepare(request):
    campaign, year = selected(request)
    report = actions.prepare(campaign=campaign, year=year, by=request.user, at=timezone.now())
    return redirect(report)


def _report(request, pk) -> Report:
    return get_object_or_404(
        Report.objects.visible_to(request.user).select_related("campaign", "prepared_by", "word", "annexes"), pk=pk
    )


@require_GET
def page(request, pk):
    """The page; while the worker writes, it asks again every second (or by a link, without script)."""
    report = _report(request, pk)
    about(request, report)
    if request.htmx and report.completed_at:
        return refresh()
    return render(request, "summaries/page.html" + ("#progress" if request.htmx else ""), {"report": report})


@require_GET
def file(request, pk, part):
    report = _report(request, pk)
    if part not in FILES or getattr(report, part) is None:
        raise NotThere(_("There is no such file."))
    return stored_response(getattr(report, part), f"bao-cao-tong-hop-{report.year}-{report.pk}")
