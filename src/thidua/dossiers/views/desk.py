"""The review desk of the standing office."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from thidua.campaigns.chosen import about
from thidua.core.days import add_working_days
from thidua.core.dossiers import DossierState
from thidua.core.refusals import Denied, verdict
from thidua.dossiers import actions, forms, queries, rules
from thidua.dossiers.views.shown import dossier_of, planned_of, to_read
from thidua.people.queries import day_off_rule
from thidua.ui.fields import is_id
from thidua.ui.pagination import PER_PAGE, page_of

DEFAULT_CORRECTION_DAYS = 3
QUEUED = ("title", "kind", "campaign", "unit", "submitted_at", "days_late", "unit__name")


def _only_office(request) -> None:
    if not request.user.access.is_office:
        raise Denied(_("Only the standing office reviews dossiers."))


@require_GET
def review(request):
    """The review desk: the queue, one dossier after another. Only the standing office has one."""
    return _review_page(request, request.GET.get("dossier", ""))


def _review_page(request, asked: str, *, typed=None, refusal="", status: int = 200):
    """``typed`` is what the office had written when a return was refused; nothing of it is lost."""
    _only_office(request)
    pks = queries.queue_pks(request.user)
    chosen = next((pk for pk in pks if str(pk) == asked), pks[0] if pks else None)
    context: dict[str, object] = {"count": len(pks)}
    if chosen is not None:
        # The list below opens where the dossier stands, unless another page of it is asked for.
        page = page_of(pks, request, default=pks.index(chosen) // PER_PAGE + 1)
        context |= {"page": page, "waiting": queries.queue(request.user).only(*QUEUED).filter(pk__in=page.object_list)}
        context |= _desk(request, to_read(request, chosen), pks, typed or {}) | {"refusal": refusal}
    return render(request, "dossiers/review.html", context, status=status)


def _desk(request, dossier, pks: list[int], typed) -> dict[str, object]:
    at, position = timezone.localtime(), pks.index(dossier.pk)
    about(request, dossier)
    authors = queries.authors_of(dossier)
    names = queries.names_of([dossier.answers], authors)
    kept = list(dossier.versions.order_by("number"))
    said = queries.said(dossier.plan_form, dossier.answers, names)
    earlier = queries.said(dossier.plan_form, kept[-2].answers, names) if len(kept) > 1 else []
    return {
        "dossier": dossier,
        "position": position + 1,
        "previous": pks[position - 1] if position else None,
        "next": pks[position + 1] if position + 1 < len(pks) else None,
        "said": said,
        "changes": [each for each in queries.compared(earlier, said) if each.changed] if earlier else [],
        "planned": planned_of(dossier, authors),
        "authors": authors,
        "attachments": queries.attachments_by_question(dossier),
        "questions": [(each, typed.get(f"note-{each.id}", "")) for each in dossier.plan_form.questions],
        "message": typed.get("message", ""),
        "correct_by": typed.get("correct_by")
        or f"{add_working_days(at.date(), DEFAULT_CORRECTION_DAYS, day_off_rule()):%d/%m/%Y}",
        "may_accept": verdict(rules.check_accept, request.user, dossier, at=at),
        "may_return": verdict(rules.check_return_, request.user, dossier, at=at),
    }


@require_POST
def accept(request, pk):
    actions.accept(
        dossier=dossier_of(request, pk),
        message=request.POST.get("message", ""),
        by=request.user,
        at=timezone.localtime(),
    )
    messages.success(request, _("Accepted; the unit is told."))
    return redirect("dossiers:review")


@require_POST
def return_(request, pk):
    dossier, form_ = dossier_of(request, pk), forms.DecideForm(request.POST)
    try:
        if not form_.is_valid():
            raise Denied(_("Write the day to correct by as day/month/year."))
        actions.return_(
            dossier=dossier,
            notes=forms.notes_of(dossier.plan_form, request.POST),
            by=request.user,
            at=timezone.localtime(),
            **form_.cleaned_data,
        )
    except Denied as refused:
        if dossier_of(request, pk).state != DossierState.SUBMITTED or not request.user.access.is_office:
            raise
        return _review_page(request, str(pk), typed=request.POST, refusal=refused.sentence, status=422)
    messages.success(request, _("Returned; the unit is told at once."))
    return redirect("dossiers:review")


def _are_you_sure(request, chosen):
    """What will be accepted and what cannot be, before anything happens."""
    at = timezone.localtime()
    verdicts = [(each, verdict(rules.check_accept, request.user, each, at=at)) for each in chosen]
    context = {
        "ready": [dossier for dossier, may in verdicts if may.allowed],
        "refused": [(dossier, may.sentence) for dossier, may in verdicts if not may.allowed],
    }
    return render(request, "dossiers/accept_many.html", context)


@require_POST
def accept_many(request):
    """Accept the ticked dossiers once one is ``sure``; those that a rule refuses stay in the queue, and are counted."""
    _only_office(request)
    ticked = [int(pk) for pk in request.POST.getlist("dossier") if is_id(pk)]
    chosen = list(queries.queue(request.user).filter(pk__in=ticked).prefetch_related("authors"))
    if "sure" not in request.POST:
        return _are_you_sure(request, chosen)
    accepted, refused = 0, 0
    for dossier in chosen:
        try:
            actions.accept(dossier=dossier, by=request.user, at=timezone.localtime())
            accepted += 1
        except Denied:
            refused += 1
    messages.success(
        request, ngettext("%(n)s dossier accepted.", "%(n)s dossiers accepted.", accepted) % {"n": accepted}
    )
    if refused:
        messages.warning(
            request,
            ngettext(
                "%(n)s dossier could not be accepted; open it to see why.",
                "%(n)s dossiers could not be accepted; open them to see why.",
                refused,
            )
            % {"n": refused},
        )
    return redirect("dossiers:review")
