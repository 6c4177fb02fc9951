"""The bare view: a registration written by hand in Django, with no rule, no revision and no page around it.

It stands behind sign-in and CSRF and writes, durably, the rows that the product writes for a whole registration:
dossier, authors, milestones, version, the obligation's standing and three rows of the trail (which the database seals).
What the product takes on top is the price of its rules and pages.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template import engines
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from thidua.campaigns.models import Obligation
from thidua.dossiers.models import Author, Dossier, Milestone, Version
from thidua.ledger.models import Entry
from thidua.surveys.models import Answer

FIELDS = ("title", "kind", "field", "situation", "solution", "novelty", "scope", "means", "replication", "contact")
FORM = """<!doctype html><title>Đăng ký</title><form method="post">{% csrf_token %}
{% for field in fields %}<p><label>{{ field }} <textarea name="{{ field }}"></textarea></label>{% endfor %}
<button>Lưu</button></form>"""
PAGE = "<!doctype html><title>{{ dossier.title }}</title><h1>{{ dossier.title }}</h1><p>{{ dossier.state }}"


def _html(request, text: str, **context) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(text).render(context, request))


@require_GET
@login_required
def form(request, obligation):
    get_object_or_404(Obligation, pk=obligation, unit__posts__person=request.user)
    return _html(request, FORM, fields=FIELDS)


@require_POST
@login_required
@transaction.atomic
def save(request, obligation):
    owed = get_object_or_404(
        Obligation.objects.select_related("campaign__current", "unit").defer("campaign__current__source"),
        pk=obligation,
        unit__posts__person=request.user,
    )
    now, post = timezone.now(), request.POST
    answers = {field: post[field] for field in FIELDS}
    authors = [(int(post[f"authors-{n}-person"]), post[f"authors-{n}-share"]) for n in range(2)]
    steps = [(post[f"milestones-{n}-title"], post[f"milestones-{n}-due_on"]) for n in range(2)]
    dossier = Dossier.objects.create(
        kind=owed.kind,
        campaign=owed.campaign,
        version=owed.campaign.current,
        form="bare",
        obligation_key=owed.key,
        year=owed.year,
        unit=owed.unit,
        title=answers["title"],
        answers={**answers, "authors": authors, "milestones": steps},
        revision=1,
        token=uuid.uuid4(),
        created_at=now,
        created_by=request.user,
        saved_at=now,
        saved_by=request.user,
        folded=answers["title"].lower(),
        is_sample=True,
    )
    Author.objects.bulk_create(
        Author(dossier=dossier, person_id=person, share=share, position=n) for n, (person, share) in enumerate(authors)
    )
    Milestone.objects.bulk_create(
        Milestone(
            dossier=dossier,
            key=f"m{n}",
            position=n,
            title=title,
            due_on=dt.datetime.strptime(day, "%d/%m/%Y").date(),  # noqa: DTZ007 — a day, no moment
        )
        for n, (title, day) in enumerate(steps)
    )
    _trail(request, dossier, "begin", {"form": "bare"})
    _trail(request, dossier, "save", dossier.answers)
    Obligation.objects.filter(pk=owed.pk, standing="none").update(standing="draft")
    return JsonResponse({"pk": dossier.pk})


@require_POST
@login_required
@transaction.atomic
def submit(request, pk):
    own = Dossier.objects.select_for_update(of=("self",)).filter(unit__posts__person=request.user)
    dossier = get_object_or_404(own, pk=pk)
    now = timezone.now()
    dossier.state, dossier.submitted_at, dossier.submitted_by = "submitted", now, request.user
    dossier.save()
    Version.objects.create(
        dossier=dossier, number=1, answers=dossier.answers, submitted_at=now, submitted_by=request.user
    )
    _trail(request, dossier, "submit", {"state": "submitted"})
    Obligation.objects.filter(
        campaign_id=dossier.campaign_id, key=dossier.obligation_key, unit_id=dossier.unit_id, person=None
    ).update(standing="submitted", submitted_at=now)
    return HttpResponseRedirect(f"/{dossier.pk}/")


@require_GET
@login_required
def page(request, pk):
    return _html(request, PAGE, dossier=get_object_or_404(Dossier, pk=pk, unit__posts__person=request.user))


def _trail(request, dossier: Dossier, verb: str, after: dict) -> None:
    Entry.objects.create(
        at=timezone.now(),
        by_id=request.user.pk,
        by_name=request.user.full_name,
        verb=f"dossiers.{verb}",
        thing_type="dossiers.dossier",
        thing_id=str(dossier.pk),
        thing_label=dossier.title,
        unit_id=dossier.unit_id,
        after=after,
        folded=dossier.title.lower(),
    )


ASKED = 5  # questions of the demonstration's survey
SURVEY = """<!doctype html><title>Khảo sát</title><form method="post">
{% for n in asked %}<p><label>{{ n }} <input name="q{{ n }}"></label>{% endfor %}<button>Gửi</button></form>"""


@csrf_exempt
def survey(request, pk):
    if request.method == "GET":
        return _html(request, SURVEY, asked=range(ASKED))
    levels = [int(request.POST[f"q{n}"]) for n in range(ASKED)]
    words, form = request.POST["words"], uuid.UUID(request.POST["form"])
    Answer.objects.create(place_id=pk, on=timezone.localdate(), levels=levels, words=words, form=form)
    return HttpResponseRedirect("/")


urlpatterns = [
    path("survey/<int:pk>/", survey),
    path("<int:obligation>/form/", form),
    path("<int:obligation>/save/", save),
    path("<int:pk>/submit/", submit),
    path("<int:pk>/", page),
]
