"""The first page of each role, the campaign at a glance, search, the trail, and whether all is well."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from thidua.campaigns.queries import default_campaign, selected
from thidua.core.dossiers import DossierKind
from thidua.desk import queries
from thidua.ledger.models import Entry
from thidua.ledger.queries import verify
from thidua.monitoring import queries as monitoring
from thidua.people.middleware import public
from thidua.reports import queries as reports
from thidua.ui.pagination import page_of


@require_GET
def home(request):
    campaign = default_campaign(request.user)
    if campaign is None:
        return render(request, "desk/no_campaign.html", {"may_load": request.user.access.is_office})
    campaign, year = selected(request)
    now = timezone.localtime()
    person = request.user
    context = {
        "campaign": campaign,
        "year": year,
        "now": now,
        "shares": queries.shares_to_confirm(person),
        "to_sign": queries.to_sign(person) if person.access.signs_for else [],
    }
    if person.access.sees_all:
        owing, owed_things = monitoring.owing(person, campaign, year, now=now)
        context |= {
            "owing": owing,
            "owed_things": owed_things,
            "waiting": queries.waiting_count(),
            "registered": queries.coverage(person, campaign, year, DossierKind.REGISTRATION),
            "reported": queries.coverage(person, campaign, year, DossierKind.REPORT),
        }
        return render(request, "desk/home_office.html", context)
    tasks, settled = queries.tasks_of_unit(person, campaign, year, now=now)
    context |= {
        "tasks": tasks,
        "settled": settled,
        "dossiers": queries.own_dossiers(person, campaign, year),
        "unit_name": person.access.unit_names.get(person.access.home_unit_id, ""),
    }
    return render(request, "desk/home_unit.html", context)


@require_GET
def overview(request):
    campaign, year = selected(request)
    person, now = request.user, timezone.localtime()
    plan = campaign.current.plan
    context = {
        "campaign": campaign,
        "year": year,
        "plan": plan,
        "now": now,
        "rounds": [each for each in plan.rounds if each.year == year],
        "registered": queries.coverage(person, campaign, year, DossierKind.REGISTRATION),
        "reported": queries.coverage(person, campaign, year, DossierKind.REPORT),
        "completion": queries.completion(person, campaign, year, today=now.date()),
        "totals": reports.totals(person, campaign, year),
        "indices": queries.index_rows(campaign),
    }
    return render(request, "desk/overview.html", context)


@require_GET
def search(request):
    text = request.GET.get("q", "").strip()
    found = queries.found(request.user, text) if text else {"units": [], "dossiers": []}
    return render(request, "desk/search.html", {"text": text, **found})


@require_GET
def trail(request):
    """Who did what, when; the office and the administrator also see whether the chain is whole."""
    entries = Entry.objects.visible_to(request.user).search(request.GET.get("q", ""))
    if verb := request.GET.get("verb", ""):
        entries = entries.filter(verb=verb)
    page = page_of(entries.order_by("-at", "-id"), request)
    integrity = verify() if request.user.access.is_office and "verify" in request.GET else None
    return render(request, "desk/trail.html", {"page": page, "integrity": integrity, "text": request.GET.get("q", "")})


@public
@require_GET
def healthz(request):
    """Database, storage and queue, each "ok" or what is wrong; 503 when one is."""
    parts = {"database": _database(), "storage": _storage(), "queue": _queue()}
    well = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ok" if well else "failing", **parts}, status=200 if well else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return "away"
    return "ok"


def _storage() -> str:
    try:
        default_storage.exists("healthz")
    except OSError:
        return "away"
    return "ok"


def _queue() -> str:
    """Jobs that should have begun a quarter of an hour ago mean that no worker is at work."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from procrastinate_jobs where status = 'todo' "
                "and coalesce(scheduled_at, now()) < now() - interval '15 minutes'"
            )
            waiting = cursor.fetchone()[0]
    except DatabaseError:
        return "away"
    return "ok" if waiting == 0 else "waiting"
