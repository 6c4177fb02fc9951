"""A dossier to read: page, print, Word, versions; and news of how it is carried out."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from thidua.campaigns.chosen import about
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.progress import percent_done
from thidua.core.refusals import verdict
from thidua.documents.http import word_response
from thidua.dossiers import actions, forms, papers, queries, rules
from thidua.dossiers.views.shown import planned_of, to_read


def _carried_out(dossier) -> dict[str, object]:
    """Only a registration has milestones and news of them."""
    if dossier.kind != DossierKind.REGISTRATION:
        return {}
    milestones = list(dossier.milestones.filter(removed_at=None).order_by("position"))
    return {
        "milestones": milestones,
        "done": Decimal(percent_done(milestones)) / 100,
        "news": queries.news_of(dossier),
    }


def _page_context(request, dossier) -> dict[str, object]:
    at, person = timezone.localtime(), request.user
    about(request, dossier)
    acts = dossier.unit_id in person.access.acts_for
    authors = queries.authors_of(dossier)
    answers = queries.answers_for(person, dossier)
    names = queries.names_of([answers], authors)
    # Else the rule says no before it looks at what is owed.
    signs = dossier.unit_id in person.access.signs_for
    obligation = queries.obligation_of(dossier) if (acts or signs) and dossier.is_editable else None
    first = obligation is not None and dossier.submitted_at is None
    return {
        "dossier": dossier,
        "said": queries.said(dossier.plan_form, answers, names),
        "planned": planned_of(dossier, authors),
        "left_over": queries.left_over(dossier) if dossier.is_editable else [],
        "authors": [{"author": each, "may": each.person_id == person.pk and not each.confirmed_at} for each in authors],
        **_carried_out(dossier),
        "attachments": queries.attachments_by_question(dossier),
        "history": queries.history(dossier),
        "late": rules.late_sentence(dossier, obligation, at=at) if first else None,
        "may_save": verdict(rules.check_save, person, dossier, at=at),
        "may_present": verdict(rules.check_present, person, dossier, at=at),
        "may_submit": verdict(rules.check_submit, person, dossier, obligation, at=at),
        "notes": queries.notes_to_read(dossier) if dossier.state == DossierState.RETURNED else [],
        "may_close": dossier.state == DossierState.ACCEPTED and verdict(rules.check_close, person, dossier, at=at),
        "may_withdraw": verdict(rules.check_withdraw, person, dossier, at=at),
        "may_report": verdict(rules.check_report_progress, person, dossier, at=at),
        "progress_form": forms.ProgressForm(),
        "acts": acts,
    }


@require_GET
def page(request, pk):
    dossier = to_read(request, pk)
    return render(request, "dossiers/page.html", _page_context(request, dossier))


@require_GET
def print_(request, pk):
    dossier = to_read(request, pk)
    answers = queries.answers_for(request.user, dossier)
    said = queries.said(dossier.plan_form, answers, queries.names_of([answers]))
    return render(request, "dossiers/print.html", {"dossier": dossier, "said": said})


@require_GET
def word(request, pk):
    """The paper in Word, in the template of its kind."""
    dossier = to_read(request, pk)
    answers = queries.answers_for(request.user, dossier)
    return word_response(papers.written(dossier, answers), f"{dossier.kind.replace('_', '-')}-{dossier.pk}")


@require_GET
def versions(request, pk):
    """Two versions side by side (``?from=1&to=3``); else the last two, the draft counting as one to whom it shows."""
    dossier = to_read(request, pk)
    about(request, dossier)
    kept = queries.versions_of(dossier, draft=queries.draft_for(request.user, dossier))
    older, newer = queries.two_of(kept, request.GET.get("from", ""), request.GET.get("to", ""))
    names = queries.names_of([older.answers, newer.answers])
    form_ = dossier.plan_form
    pairs = queries.compared(queries.said(form_, older.answers, names), queries.said(form_, newer.answers, names))
    context = {"dossier": dossier, "versions": kept, "older": older, "newer": newer, "compared": pairs}
    return render(request, "dossiers/versions.html", context)


@require_POST
def report_progress(request, pk):
    dossier = to_read(request, pk)
    form_ = forms.ProgressForm(request.POST, request.FILES)
    if not form_.is_valid():
        context = {**_page_context(request, dossier), "progress_form": form_}
        return render(request, "dossiers/page.html", context, status=422)
    values = form_.cleaned_data
    milestone = None
    if values["milestone"]:
        milestone = get_object_or_404(dossier.milestones.filter(removed_at=None), pk=values["milestone"])
    actions.report_progress(
        dossier=dossier,
        milestone=milestone,
        percent=values["percent"],
        text=values["text"],
        upload=values["upload"],
        by=request.user,
        at=timezone.localtime(),
    )
    messages.success(request, _("The progress is recorded."))
    return redirect("dossiers:page", pk=pk)
