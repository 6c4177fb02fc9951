"""Lists, forms, pages and the review desk. Each verb is a POST view named like its action."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from thidua.campaigns.queries import current_year, day_off_rule, default_campaign, selected
from thidua.core.days import add_working_days
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.refusals import Conflict, Denied, verdict
from thidua.core.units import UnitKind
from thidua.documents.http import word_response
from thidua.dossiers import actions, forms, papers, parts, queries, rules, workbook
from thidua.dossiers.models import Attachment, Author, Dossier
from thidua.exchange.http import excel_response
from thidua.ledger.files import PREVIEWED, open_stored
from thidua.people.models import Unit
from thidua.ui.listing import Filter, listing

DEFAULT_CORRECTION_DAYS = 3


def _listing(request):
    campaign, year = selected(request)
    plan = campaign.current.plan
    seen = queries.list_page(request.user, campaign).filter(year=year)
    found = listing(
        request,
        seen,
        filters=[
            Filter("kind", _("Paper"), [(each.value, each.label) for each in DossierKind]),
            Filter("state", _("State"), [(each.value, each.label) for each in DossierState]),
            Filter(
                "unit_kind", _("Kind of unit"), [(each.value, each.label) for each in UnitKind], lookup="unit__kind"
            ),
            Filter("type", _("Kind of initiative"), _options(plan.kinds), lookup="answers__kind"),
            Filter("field", _("Field of reform"), _options(plan.fields), lookup="answers__field"),
        ],
        sorts={"saved": ["-saved_at", "pk"], "title": ["title", "pk"], "unit": ["unit__sort_key", "pk"]},
    )
    return campaign, year, found


def _options(options) -> list[tuple[str, str]]:
    return [(each.id, each.label) for each in options]


@require_GET
def list_(request):
    campaign, year, found = _listing(request)
    return render(request, "dossiers/list.html", {"campaign": campaign, "year": year, "listing": found})


@require_GET
def excel(request):
    _campaign, year, found = _listing(request)
    columns, rows = workbook.sheet(found.rows, person=request.user)
    return excel_response(f"ho-so-{year}", columns, rows)


@require_GET
def short(request, slug):
    """The short link of a form: to the beginning of what the person's own unit owes on it."""
    campaign = default_campaign(request.user)
    form = next((each for each in campaign.current.plan.forms if each.slug == slug), None) if campaign else None
    if form is None:
        raise Http404(_("There is no such form."))
    year = current_year(campaign, timezone.localdate())
    key = next(
        (each.id for each in campaign.current.plan.obligations if each.year == year and each.kind == form.kind), None
    )
    if key is None or not request.user.access.home_unit_id:
        raise Http404(_("There is no such form."))
    return redirect(f"{reverse('dossiers:begin')}?key={key}&unit={request.user.access.home_unit_id}")


def begin(request):
    """GET shows what will be begun; POST begins it. The token makes a form sent twice one dossier."""
    campaign = default_campaign(request.user)
    data = request.POST if request.method == "POST" else {"token": str(uuid.uuid4()), **request.GET.dict()}
    form = forms.BeginForm(data)
    if campaign is None or not form.is_valid():
        raise Http404(_("There is no such form."))
    wanted = form.cleaned_data
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=wanted["unit"])
    if request.method == "POST":
        return _begun(request, campaign, unit, wanted)
    obligation = actions.obligation_of(campaign.pk, wanted["key"], unit.pk)
    planned = campaign.current.plan.obligation(obligation.key)
    begun = queries.one(request.user).filter(campaign=campaign, obligation_key=obligation.key, unit=unit)
    context = {
        "planned": planned,
        "obligation": obligation,
        "unit": unit,
        "token": wanted["token"],
        "begun": begun.exclude(state=DossierState.WITHDRAWN).order_by("pk"),
        "reportable": queries.reportable(unit, campaign, planned.year) if planned.kind == DossierKind.REPORT else [],
        "continuable": queries.continuable(unit, campaign, planned.year)
        if planned.kind == DossierKind.REGISTRATION
        else [],
        "may_begin": verdict(rules.check_begin, request.user, unit, obligation, at=timezone.localtime()),
    }
    return render(request, "dossiers/begin.html", context)


def _begun(request, campaign, unit, wanted):
    seen = Dossier.objects.visible_to(request.user).filter(unit=unit)
    about = get_object_or_404(seen, pk=wanted["about"]) if wanted["about"] else None
    earlier = get_object_or_404(seen, pk=wanted["continues"]) if wanted["continues"] else None
    dossier = actions.begin(
        campaign=campaign,
        key=wanted["key"],
        unit=unit,
        token=wanted["token"],
        by=request.user,
        at=timezone.localtime(),
        about=about,
        continues=earlier,
        answers=earlier.answers if earlier else None,
    )
    return redirect("dossiers:form", pk=dossier.pk)


def _dossier(request, pk: int) -> Dossier:
    return get_object_or_404(queries.one(request.user), pk=pk)


def _to_read(request, pk: int) -> Dossier:
    return get_object_or_404(queries.to_read(request.user), pk=pk)


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
        "planned": _planned(dossier, authors=()),
        "may_present": verdict(rules.check_present, request.user, dossier, at=at),
        "may_save": verdict(rules.check_save, request.user, dossier, at=at),
    }
    return render(request, "dossiers/form.html", context, status=status)


def _planned(dossier: Dossier, authors) -> list[queries.Said]:
    """What the registration promised, beside which a report writes what was done."""
    about = dossier.about
    if about is None:
        return []
    version = dossier.version if dossier.version_id == about.version_id else about.version
    return queries.said(version.plan.form(about.form), about.answers, queries.names_of([about.answers], authors))


@require_GET
def form(request, pk):
    dossier = _dossier(request, pk)
    if not dossier.is_editable:
        return redirect("dossiers:page", pk=pk)
    return _form_page(request, dossier)


def _revision(request) -> int:
    revision = request.POST.get("revision", "")
    return int(revision) if revision.isdigit() else -1


@require_POST
def save(request, pk):
    """Save without script; a conflict shows both texts and loses nothing."""
    dossier = _dossier(request, pk)
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
    dossier = _dossier(request, pk)
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
    dossier = _dossier(request, pk)
    answers = forms.answers_from(dossier.plan_form, request.POST)
    sentence = _("%(name)s saved this form in the meantime.") % {"name": dossier.saved_by.full_name}
    return _conflict_page(request, dossier, answers, sentence)


@require_POST
def attach(request, pk):
    dossier = _dossier(request, pk)
    question = request.POST.get("question", "files")
    uploads = request.FILES.getlist("files")
    actions.attach(dossier=dossier, question=question, uploads=uploads, by=request.user, at=timezone.localtime())
    return redirect(f"{reverse('dossiers:form', args=[pk])}#q-{question}")


def _attachment(request, pk) -> Attachment:
    seen = Attachment.objects.filter(dossier__in=Dossier.objects.visible_to(request.user).values("pk"))
    return get_object_or_404(seen.select_related("file", "dossier"), pk=pk)


@require_POST
def detach(request, pk):
    attachment = _attachment(request, pk)
    actions.detach(attachment=attachment, by=request.user, at=timezone.localtime())
    return redirect("dossiers:form", pk=attachment.dossier_id)


@require_GET
def file(request, pk):
    """The bytes, only to those who see the dossier; a preview runs in a sandbox, all else is a download."""
    attachment = _attachment(request, pk)
    preview = "preview" in request.GET and attachment.file.extension in PREVIEWED
    response = FileResponse(open_stored(attachment.file), as_attachment=not preview, filename=attachment.name)
    response["Content-Type"] = attachment.file.content_type
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
    return response


def _carried_out(dossier) -> dict[str, object]:
    """Only a registration has milestones and news of them."""
    if dossier.kind != DossierKind.REGISTRATION:
        return {}
    news = dossier.progress.select_related("written_by", "milestone", "attachment")
    return {
        "milestones": list(dossier.milestones.filter(removed_at=None).order_by("position")),
        "news": news.order_by("-written_at"),
    }


def _page_context(request, dossier) -> dict[str, object]:
    at, person = timezone.localtime(), request.user
    acts = dossier.unit_id in person.access.acts_for
    authors = queries.authors_of(dossier)
    answers = queries.answers_for(person, dossier)
    names = queries.names_of([answers], authors)
    # To everybody else the rule says no before it looks at the dates.
    obligation = queries.obligation_of(dossier) if acts else None
    return {
        "dossier": dossier,
        "said": queries.said(dossier.plan_form, answers, names),
        "planned": _planned(dossier, authors),
        "authors": [{"author": each, "may": each.person_id == person.pk and not each.confirmed_at} for each in authors],
        **_carried_out(dossier),
        "attachments": queries.attachments_by_question(dossier),
        "history": queries.history(dossier),
        "may_save": verdict(rules.check_save, person, dossier, at=at),
        "may_present": verdict(rules.check_present, person, dossier, at=at),
        "may_submit": verdict(rules.check_submit, person, dossier, obligation, at=at),
        "may_withdraw": verdict(rules.check_withdraw, person, dossier, at=at),
        "may_report": verdict(rules.check_report_progress, person, dossier, at=at),
        "progress_form": forms.ProgressForm(),
        "acts": acts,
    }


@require_GET
def page(request, pk):
    dossier = _to_read(request, pk)
    return render(request, "dossiers/page.html", _page_context(request, dossier))


@require_GET
def print_(request, pk):
    dossier = _to_read(request, pk)
    answers = queries.answers_for(request.user, dossier)
    said = queries.said(dossier.plan_form, answers, queries.names_of([answers]))
    return render(request, "dossiers/print.html", {"dossier": dossier, "said": said})


@require_GET
def word(request, pk):
    """The paper in Word, in the template of its kind."""
    dossier = _dossier(request, pk)
    answers = queries.answers_for(request.user, dossier)
    return word_response(papers.written(dossier, answers), f"{dossier.kind.replace('_', '-')}-{dossier.pk}")


@require_GET
def versions(request, pk):
    """The last two hand-ins side by side, or the draft against the last hand-in."""
    dossier = _to_read(request, pk)
    kept = list(dossier.versions.order_by("number"))
    latest = kept[-1].answers if kept else {}
    if dossier.is_editable:
        older, newer = latest, queries.answers_for(request.user, dossier)
    else:
        older, newer = (kept[-2].answers if len(kept) > 1 else {}), latest
    names = queries.names_of([older, newer])
    form_ = dossier.plan_form
    pairs = queries.compared(queries.said(form_, older, names), queries.said(form_, newer, names))
    return render(request, "dossiers/versions.html", {"dossier": dossier, "compared": pairs, "versions": kept})


def _act(request, pk, action, done, **values):
    dossier = get_object_or_404(Dossier.objects.visible_to(request.user), pk=pk)
    action(dossier=dossier, by=request.user, at=timezone.localtime(), **values)
    messages.success(request, done)
    return redirect("dossiers:page", pk=pk)


@require_POST
def present(request, pk):
    return _act(request, pk, actions.present, _("It lies before the head of the unit now."))


@require_POST
def recall(request, pk):
    return _act(request, pk, actions.recall, _("Taken back; you can go on writing."))


@require_POST
def submit(request, pk):
    return _act(request, pk, actions.submit, _("Signed off and handed to the standing office."))


@require_POST
def withdraw(request, pk):
    form_ = forms.ReasonForm(request.POST)
    reason = form_.cleaned_data["reason"] if form_.is_valid() else ""
    return _act(request, pk, actions.withdraw, _("Withdrawn."), reason=reason)


@require_POST
def confirm(request, pk):
    author = get_object_or_404(Author.objects.filter(person=request.user), pk=pk)
    actions.confirm(author=author, by=request.user, at=timezone.localtime())
    messages.success(request, _("Your share is confirmed."))
    return redirect("dossiers:page", pk=author.dossier_id)


@require_POST
def report_progress(request, pk):
    dossier = _to_read(request, pk)
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


@require_GET
def review(request):
    """The review desk: the queue, one dossier after another. Only the standing office has one."""
    return _review_page(request, request.GET.get("dossier", ""))


def _review_page(request, asked: str, *, typed=None, refusal="", status: int = 200):
    """``typed`` is what the office had written when a return was refused; nothing of it is lost."""
    if not request.user.access.is_office:
        raise Denied(_("Only the standing office reviews dossiers."))
    waiting = list(queries.queue(request.user).values_list("pk", "title", "unit__name", "kind")[:500])
    pks = [row[0] for row in waiting]
    chosen = int(asked) if asked.isdigit() and int(asked) in pks else (pks[0] if pks else None)
    context: dict[str, object] = {"waiting": waiting, "count": len(waiting)}
    if chosen is not None:
        context |= _desk(request, _dossier(request, chosen), pks, typed or {}) | {"refusal": refusal}
    return render(request, "dossiers/review.html", context, status=status)


def _desk(request, dossier, pks: list[int], typed) -> dict[str, object]:
    at, position = timezone.localtime(), pks.index(dossier.pk)
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
        "planned": _planned(dossier, authors),
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
        dossier=_dossier(request, pk), message=request.POST.get("message", ""), by=request.user, at=timezone.localtime()
    )
    messages.success(request, _("Accepted; the unit is told."))
    return redirect("dossiers:review")


@require_POST
def return_(request, pk):
    dossier, form_ = _dossier(request, pk), forms.DecideForm(request.POST)
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
        if _dossier(request, pk).state != DossierState.SUBMITTED or not request.user.access.is_office:
            raise
        return _review_page(request, str(pk), typed=request.POST, refusal=refused.sentence, status=422)
    messages.success(request, _("Returned; the unit is told at once."))
    return redirect("dossiers:review")


@require_POST
def accept_many(request):
    """Accept the ticked dossiers; those that a rule refuses stay in the queue, and their number is told."""
    chosen = [int(pk) for pk in request.POST.getlist("dossier") if pk.isdigit()]
    accepted, refused = 0, 0
    for dossier in queries.queue(request.user).filter(pk__in=chosen):
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
