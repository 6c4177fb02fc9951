"""The form: drawn, saved, saved while typing, and two people writing at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from thidua.core.dossiers import DossierState
from thidua.core.refusals import Conflict, Denied, verdict
from thidua.dossiers import actions, forms, parts, queries, rules
from thidua.dossiers.views.shown import dossier_of, planned_of
from thidua.dossiers.views.steps import present


def _form_page(request, dossier, *, answers=None, status=200, refusal=None):
    at = timezone.localtime()
    missing = rules.missing_fields(dossier)
    notes = queries.notes_by_question(dossier) if dossier.state == DossierState.RETURNED else {}
    sections = forms.drawn(
        dossier.plan_form,
        {**(answers if answers is not None else dossier.answers), **parts.kept(dossier)},
        errors=missing if dossier.revision or status != 200 else {},
        notes=notes,
        attachments=queries.attachments_by_question(dossier),
    )
    context = {
        "dossier": dossier,
        "sections": sections,
        "colleagues": queries.colleagues(dossier.unit),
        "obligation": queries.obligation_of(dossier),
        "refusal": refusal,
        "planned": planned_of(dossier, authors=()),
        "may_present": verdict(rules.check_present, request.user, dossier, at=at),
        "may_save": verdict(rules.check_save, request.user, dossier, at=at),
    }
    return render(request, "dossiers/form.html", context, status=status)


@require_GET
def form(request, pk):
    dossier = dossier_of(request, pk)
    if not dossier.is_editable:
        return redirect("dossiers:page", pk=pk)
    return _form_page(request, dossier)


def _revision(request) -> int:
    revision = request.POST.get("revision", "")
    return int(revision) if revision.isdigit() else -1


@require_POST
def save(request, pk):
    """Save without script; a conflict shows both texts and loses nothing."""
    dossier = dossier_of(request, pk)
    answers = forms.answers_from(dossier.plan_form, request.POST)
    if "chosen" in request.POST:  # from the conflict page: only the ticked answers are taken
        answers = {key: value for key, value in answers.items() if key in request.POST.getlist("keep")}
    try:
        actions.save(
            dossier=dossier, answers=answers, revision=_revision(request), by=request.user, at=timezone.localtime()
        )
    except Conflict as conflict_found:
        return _conflict_page(request, dossier, answers, conflict_found.sentence)
    except Denied as refusal:
        return _form_page(
            request, dossier, answers={**dossier.answers, **answers}, status=422, refusal=refusal.sentence
        )
    if request.POST.get("then") == "present":
        return present(request, pk)
    if (address := request.POST.get("go")) in parts.addresses(dossier):
        return redirect(address)
    messages.success(request, _("Saved."))
    return redirect("dossiers:form", pk=pk)


@require_POST
def autosave(request, pk):
    dossier = dossier_of(request, pk)
    answers = forms.answers_from(dossier.plan_form, request.POST)
    try:
        saved = actions.save(
            dossier=dossier, answers=answers, revision=_revision(request), by=request.user, at=timezone.localtime()
        )
    except Conflict:
        return JsonResponse({"conflict": reverse("dossiers:conflict", args=[pk])}, status=409)
    except Denied as refusal:
        return JsonResponse({"sentence": str(refusal.sentence)}, status=422)
    return JsonResponse({"saved_at": f"{timezone.localtime(saved.saved_at):%H:%M}", "revision": saved.revision})


def _conflict_page(request, dossier, answers, sentence):
    names = queries.names_of([dossier.answers, answers])
    theirs = queries.said(dossier.plan_form, dossier.answers, names)
    mine = queries.said(dossier.plan_form, {**dossier.answers, **answers}, names)
    context = {
        "dossier": dossier,
        "sentence": sentence,
        "compared": [each for each in queries.compared(theirs, mine) if each.changed],
        "posted": [
            (key, value)
            for key, values in request.POST.lists()
            if key not in {"csrfmiddlewaretoken", "revision", "then", "keep", "chosen"}
            for value in values
        ],
    }
    return render(request, "dossiers/conflict.html", context, status=409)


def conflict(request, pk):
    """Reached with the text one typed (POST) or, from autosave, with nothing: then it says how to go on."""
    dossier = dossier_of(request, pk)
    answers = forms.answers_from(dossier.plan_form, request.POST)
    sentence = _("%(name)s saved this form in the meantime.") % {"name": dossier.saved_by.full_name}
    return _conflict_page(request, dossier, answers, sentence)
