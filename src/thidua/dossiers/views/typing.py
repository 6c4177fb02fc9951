"""The form: drawn, saved, saved while typing, and two people writing at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from thidua.campaigns.chosen import about
from thidua.core.dossiers import DossierState
from thidua.core.refusals import Conflict, Denied, verdict
from thidua.dossiers import actions, forms, parts, queries, rules
from thidua.dossiers.views.shown import dossier_of, planned_of, to_write
from thidua.dossiers.views.steps import present
from thidua.ui.answers import status_of

# What a form posts beside the answers.
OF_THE_PAGE = frozenset({"csrfmiddlewaretoken", "revision", "base", "then", "go", "more", "chosen"})


def _form_page(request, dossier, *, answers=None, status=200, refusal=None):
    at = timezone.localtime()
    about(request, dossier)
    obligation, attachments = queries.obligation_of(dossier), queries.attachments_by_question(dossier)
    missing = rules.missing_fields(dossier)
    notes = queries.notes_by_question(dossier) if dossier.state == DossierState.RETURNED else {}
    sections = forms.drawn(
        dossier.plan_form,
        {**(answers if answers is not None else dossier.answers), **parts.kept(dossier)},
        missing=missing,
        show_errors=bool(dossier.revision) or status != 200,
        notes=notes,
        attachments=attachments,
    )
    context = {
        "dossier": dossier,
        "sections": sections,
        "colleagues": queries.colleagues(dossier, on=at.date()),
        "obligation": obligation,
        "late": rules.late_sentence(dossier, obligation, at=at),
        "refusal": refusal,
        "planned": planned_of(dossier, authors=()),
        "left_over": queries.left_over(dossier),
        "may_present": verdict(rules.check_present, request.user, dossier, at=at),
    }
    return render(request, "dossiers/form.html", context, status=status)


@require_GET
def form(request, pk):
    dossier = dossier_of(request, pk)
    if not dossier.is_editable:
        return redirect("dossiers:page", pk=pk)
    return _form_page(request, dossier)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


def _revision(request) -> int:
    return _number(request.POST.get("revision"))


@require_POST
def save(request, pk):
    """Save without script; a conflict shows both texts and loses nothing."""
    dossier = dossier_of(request, pk)
    answers = forms.answers_from(queries.form_typed(dossier, request.POST.get("version", "")), request.POST)
    # From the conflict page only the answers for which one's own text was chosen are taken.
    taken = answers
    if "chosen" in request.POST:
        taken = {key: value for key, value in answers.items() if request.POST.get(f"keep-{key}") == "mine"}
    try:
        actions.save(
            dossier=dossier, answers=taken, revision=_revision(request), by=request.user, at=timezone.localtime()
        )
    except Conflict as conflict_found:
        return _conflict_page(request, dossier, answers, conflict_found.sentence)
    except Denied as refusal:
        return _form_page(
            request, dossier, answers={**dossier.answers, **answers}, status=422, refusal=refusal.sentence
        )
    if request.POST.get("then") == "present":
        return _presented(request, pk)
    address = request.POST.get("go")
    if address and address in parts.addresses(dossier):
        return redirect(address)
    messages.success(request, _("Saved."))
    return redirect("dossiers:form", pk=pk)


def _presented(request, pk):
    """The text is saved by now: where it has gaps, the form comes back with the gaps marked."""
    try:
        return present(request, pk)
    except Denied as refusal:
        saved = dossier_of(request, pk)
        if not saved.is_editable:
            raise
        return _form_page(request, saved, status=422, refusal=refusal.sentence)


@require_POST
def autosave(request, pk):
    dossier = to_write(request, pk)
    answers = forms.answers_from(queries.form_typed(dossier, request.POST.get("version", "")), request.POST)
    try:
        saved = actions.save(
            dossier=dossier, answers=answers, revision=_revision(request), by=request.user, at=timezone.localtime()
        )
    except Conflict:
        return JsonResponse({"conflict": reverse("dossiers:conflict", args=[pk])}, status=409)
    except Denied as refusal:
        return JsonResponse({"sentence": str(refusal.sentence)}, status=status_of(refusal, otherwise=422))
    told = {"saved_at": f"{timezone.localtime(saved.saved_at):%H:%M}", "revision": saved.revision}
    passed = rules.late_sentence(saved, queries.obligation_of(saved), at=timezone.localtime())
    return JsonResponse(told | ({"sentence": str(passed)} if passed else {}))


def _conflict_page(request, dossier, answers, sentence):
    """Both texts of every answer that one changed oneself; what only the other person changed stays as saved."""
    about(request, dossier)
    base = _number(request.POST.get("base") or request.POST.get("revision"))
    opened = queries.answers_at(dossier, base)
    own = {key: value for key, value in answers.items() if opened is None or opened.get(key) != value}
    names = queries.names_of([dossier.answers, own])
    theirs = queries.said(dossier.plan_form, dossier.answers, names)
    mine = queries.said(dossier.plan_form, {**dossier.answers, **own}, names)
    context = {
        "dossier": dossier,
        "sentence": sentence,
        "base": base,
        "compared": [each for each in queries.compared(theirs, mine) if each.changed],
        "posted": [
            (key, value)
            for key, values in request.POST.lists()
            if key not in OF_THE_PAGE and not key.startswith("keep-")
            for value in values
        ],
    }
    return render(request, "dossiers/conflict.html", context, status=409)


def conflict(request, pk):
    """Reached with the text one typed (POST, from autosave too); opened by its address it says how to go on."""
    dossier = dossier_of(request, pk)
    answers = forms.answers_from(queries.form_typed(dossier, request.POST.get("version", "")), request.POST)
    sentence = _("%(name)s saved this form in the meantime.") % {"name": dossier.saved_by.full_name}
    return _conflict_page(request, dossier, answers, sentence)
