"""The first page of each role, the campaign at a glance, search, the trail, and how the machine runs."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from thidua.campaigns.chosen import Chosen, now_running, of_campaign, published, selected
from thidua.campaigns.queries import index_rows
from thidua.core import bounds
from thidua.core.dossiers import DossierKind
from thidua.core.refusals import verdict
from thidua.core.units import RoleKind
from thidua.desk import operations, plots, queries, steps, workbook
from thidua.desk.forms import TrailForm, WhyForm
from thidua.desk.trail import told, told_all
from thidua.exchange import rules as exports
from thidua.exchange.http import excel_response
from thidua.ledger import care, signs
from thidua.ledger import rules as ledger
from thidua.ledger.models import FailedJob
from thidua.ledger.queries import verify
from thidua.people import actions as people
from thidua.people import rules as people_rules
from thidua.people.models import Letter
from thidua.reports import queries as reports
from thidua.summaries import queries as summaries
from thidua.ui.listing import Listing, listing
from thidua.ui.pagination import page_of


@require_GET
def home(request):
    """What waits for this person in all campaigns that run."""
    years = now_running(request.user)
    if not years:
        return render(request, "desk/no_campaign.html", {"steps": steps.to_set_up(request.user)})
    now, person = timezone.localtime(), request.user
    context = {
        "years": years,
        "now": now,
        "shares": queries.shares_to_confirm(person),
        "to_sign": queries.to_sign(person) if person.access.signs_for else [],
        "steps": steps.of_person(person, years, now=now),
    }
    if person.access.sees_all:
        return render(request, "desk/home_office.html", context | _of_office(person, years, now))
    return render(request, "desk/home_unit.html", context | _of_unit(person, years, now))


def _of_office(person, years: list[Chosen], now) -> dict[str, object]:
    waiting, running = queries.waiting(person), queries.running_campaigns(person, years, now=now)
    return {
        "waiting": waiting,
        "waiting_count": sum(each.count for each in waiting),
        "running": running,
        "owes": any(each.owing for each in running),
    }


def _of_unit(person, years: list[Chosen], now) -> dict[str, object]:
    own = list(queries.own_dossiers(person, years))
    tasks, settled = queries.tasks_of_unit(person, years, own, now=now)
    people_tasks = queries.people_tasks(person, years, now=now)
    return {
        "tasks": tasks,
        "people_tasks": people_tasks,
        "own_results": reports.own_results(person, years),
        "tasks_count": len(tasks) + len(people_tasks),
        "settled": settled,
        "dossiers": own,
        "unit_name": person.access.unit_names.get(person.access.home_unit_id, ""),
    }


@require_GET
@of_campaign
def overview(request):
    """The campaign at a glance; the same counts as in the consolidated report, over the units in sight."""
    campaign, year = selected(request)
    now, plan = timezone.localtime(), campaign.current.plan
    counted = summaries.scope(campaign, year, request.user)
    asked = summaries.asked(counted)
    registered, reported = asked.covered[DossierKind.REGISTRATION], asked.covered[DossierKind.REPORT]
    targets = summaries.targets(counted, asked)
    completion = summaries.completion(counted, today=now.date())
    context = {
        "campaign": campaign,
        "year": year,
        "plan": plan,
        "now": now,
        "timeline": plots.timeline(plan, today=now.date()),
        "registered": registered,
        "reported": reported,
        "completion": completion,
        "has_milestones": bool(registered) and plan.asks("milestones"),
        "shares": queries.shares(plan, registered, reported, completion),
        # A principal is not shown targets of audiences in which nobody is in sight.
        "audiences": queries.by_audience([row for row in targets if row.owed]),
        "personal": queries.by_audience([row for row in summaries.personal_targets(counted, asked) if row.people]),
        "verdicts": Counter(str(row.total.verdict) for row in targets if row.total.verdict),
        "trends": [plots.trend(row, last_year=campaign.last_year) for row in index_rows(campaign)],
    }
    return render(request, "desk/overview.html", context)


@require_GET
def search(request):
    text = request.GET.get("q", "").strip()[: bounds.SEARCH]
    found = queries.found(request.user, text) if text else {"units": [], "dossiers": []}
    return render(request, "desk/search.html", {"text": text, **found})


@require_GET
def trail(request):
    """Who did what, when; the office and the administrator also see whether the chain is whole."""
    form, campaigns = TrailForm(request.GET), published(request.user)
    page = page_of(queries.trail(request.user, campaigns, **form.asked).with_seal(), request)
    may_verify = request.user.access.has(RoleKind.OFFICE, RoleKind.ADMINISTRATOR)
    context = {
        "page": page,
        "form": form,
        "rows": told(page, campaigns, queries.trail_urls(request.user, page)),
        "integrity": verify() if may_verify and "verify" in request.GET else None,
        "may_verify": may_verify,
        "may_take": verdict(exports.check_size, page.paginator.count),
        "narrowed": urlencode({name: request.GET[name] for name in form.asked}),
    }
    return render(request, "desk/trail.html", context)


@require_GET
def trail_excel(request):
    """What the filters show, in one workbook."""
    campaigns = published(request.user)
    entries = queries.trail(request.user, campaigns, **TrailForm(request.GET).asked)
    count = entries.count()
    rows = told_all(entries.with_seal().iterator(chunk_size=2000), campaigns)
    return excel_response(request, "nhat-ky", workbook.trail_columns(), workbook.trail_rows(rows), count=count)


@require_GET
def operations_page(request):
    """Whether all is well, in sentences, and where what is not is dealt with."""
    ledger.check_look_after(request.user, at=timezone.now())
    found = signs.signs(timezone.now())
    wrong = [sign for sign in found if not sign.is_well]
    context = {"wrong": wrong, "well": [sign for sign in found if sign.is_well], "tab": "signs"}
    return render(request, "desk/operations.html", context)


def _failed_jobs(request) -> Listing:
    ledger.check_look_after(request.user, at=timezone.now())
    sorts = {"failed": ["-failed_at", "-pk"]}
    return listing(request, FailedJob.objects.visible_to(request.user), filters=operations.filters(), sorts=sorts)


@require_GET
def failed_jobs(request):
    found = _failed_jobs(request)
    context = {
        "listing": found,
        "rows": operations.told(found.page),
        "may_act": verdict(ledger.check_try_again, request.user, at=timezone.now()),
        "tab": "jobs",
    }
    return render(request, "desk/failed_jobs.html", context)


@require_GET
def failed_jobs_excel(request):
    found = _failed_jobs(request).rows
    count = found.count()
    rows = workbook.job_rows(operations.told(found))
    return excel_response(request, "cong-viec-loi", workbook.job_columns(), rows, count=count)


def _failed_job(request, pk) -> FailedJob:
    return get_object_or_404(FailedJob.objects.visible_to(request.user), pk=pk)


@require_POST
def try_again(request, pk):
    care.try_again(job=_failed_job(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("The work is asked for again."))
    return redirect(reverse("desk:failed_jobs"))


def set_aside(request, pk):
    """GET shows the job and asks why; POST sets it aside."""
    job, form = _failed_job(request, pk), WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        care.set_aside(job=job, why=form.cleaned_data["why"], by=request.user, at=timezone.now())
        messages.success(request, _("The work is set aside."))
        return redirect(reverse("desk:failed_jobs"))
    (row,) = operations.told([job])
    may = verdict(ledger.check_set_aside, request.user, at=timezone.now())
    context = {"row": row, "form": form, "may_set_aside": may}
    return render(request, "desk/failed_job.html", context, status=422 if request.method == "POST" else 200)


def _letters(request) -> Listing:
    """Letters that the mail server does not take, newest first; it is the whole installation's."""
    ledger.check_look_after(request.user, at=timezone.now())
    sorts = {"written": ["-written_at", "-pk"]}
    return listing(
        request, Letter.objects.visible_to(request.user).in_trouble(), filters=operations.letter_filters(), sorts=sorts
    )


@require_GET
def letters_in_trouble(request):
    found = _letters(request)
    may_act = verdict(people_rules.check_mail_again, request.user, None, at=timezone.now())
    context = {"listing": found, "may_act": may_act, "tab": "letters"}
    return render(request, "desk/letters.html", context)


@require_GET
def letters_excel(request):
    found = _letters(request).rows
    count = found.count()
    rows = workbook.letter_rows(found)
    return excel_response(request, "thu-chua-gui-duoc", workbook.letter_columns(), rows, count=count)


def _letter(request, pk) -> Letter:
    ledger.check_look_after(request.user, at=timezone.now())
    return get_object_or_404(Letter.objects.visible_to(request.user).in_trouble(), pk=pk)


@require_POST
def mail_again(request, pk):
    people.mail_again(letter=_letter(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("The letter is mailed within a minute."))
    return redirect(reverse("desk:letters"))


def set_letter_aside(request, pk):
    """GET shows the letter's fate and asks why; POST sets it aside."""
    letter, form = _letter(request, pk), WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.set_letter_aside(letter=letter, why=form.cleaned_data["why"], by=request.user, at=timezone.now())
        messages.success(request, _("The letter is set aside."))
        return redirect(reverse("desk:letters"))
    may = verdict(people_rules.check_set_letter_aside, request.user, letter, at=timezone.now())
    context = {"letter": letter, "form": form, "may_set_aside": may}
    return render(request, "desk/letter.html", context, status=422 if request.method == "POST" else 200)
