"""Where a dossier begins: the short link of a form, its QR code, and the page that begins one."""

from __future__ import annotations

import io
import uuid
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from thidua.campaigns.chosen import Chosen, about, current_year, now_running, of_campaign, published, selected
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.refusals import Denied, NotThere, verdict
from thidua.dossiers import actions, forms, queries, rules
from thidua.dossiers.models import Dossier
from thidua.people.models import Unit


@require_GET
def short(request, slug):
    """The short link of a form: to the beginning of what the person's own unit owes on it. Where several campaigns have
    a form of this name, the link says of which, or the person does."""
    choices = _campaigns_with(request, slug)
    if len(choices) > 1:
        return render(request, "dossiers/which_campaign.html", {"slug": slug, "choices": choices})
    if not choices:
        raise NotThere(_("There is no such form."))
    (chosen,) = choices
    plan, unit = chosen.campaign.current.plan, request.user.access.home_unit_id
    form = next(each for each in plan.forms if each.slug == slug)
    key = next((each.id for each in plan.obligations if (each.year, each.kind) == (chosen.year, form.kind)), None)
    if key is None or not unit:
        raise NotThere(_("There is no such form."))
    return redirect(chosen.address("dossiers:begin", key=key, unit=unit))


def _campaigns_with(request, slug: str) -> list[Chosen]:
    """Of the campaigns that the link means, those with such a form: the running ones where there are some."""
    code, today = request.GET.get("campaign"), timezone.localdate()
    having = [each for each in published(request.user) if any(form.slug == slug for form in each.current.plan.forms)]
    meant = [Chosen(each, current_year(each, today)) for each in having if code in (None, each.code)]
    run = {each.campaign.pk for each in now_running(request.user)}
    return [each for each in meant if each.campaign.pk in run] or meant


@require_GET
@of_campaign
def links(request):
    """A sheet to print: the short link of every form, and its QR code."""
    if not request.user.access.is_office:
        raise Denied(_("Only the standing office hands out the links of the forms."))
    campaign, _year = selected(request)
    forms_ = [(form, _address(request, form.slug)) for form in campaign.current.plan.forms]
    return render(request, "dossiers/links.html", {"campaign": campaign, "forms": forms_})


@require_GET
@of_campaign
def qr(request, slug):
    """The QR code of a form's short link, as a picture of lines: sharp at every size."""
    campaign, _year = selected(request)
    if all(form.slug != slug for form in campaign.current.plan.forms):
        raise NotThere(_("There is no such form."))
    picture = io.BytesIO()
    segno.make(_address(request, slug), error="m").save(picture, kind="svg", border=4, svgclass=None, lineclass=None)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def _address(request, slug: str) -> str:
    """As short as it can be typed: it says its campaign where another has a form of the same name."""
    campaign, _year = selected(request)
    others = [each for each in published(request.user) if each != campaign]
    is_shared = any(form.slug == slug for each in others for form in each.current.plan.forms)
    said = f"?{urlencode({'campaign': campaign.code})}" if is_shared else ""
    return settings.BASE_URL.rstrip("/") + reverse("dossiers:short", args=[slug]) + said


@of_campaign
def begin(request):
    """GET shows what will be begun; POST begins it. The token makes a form sent twice one dossier."""
    campaign, _year = selected(request)
    data = request.POST if request.method == "POST" else {"token": str(uuid.uuid4()), **request.GET.dict()}
    form = forms.BeginForm(data)
    if not form.is_valid():
        raise NotThere(_("There is no such form."))
    wanted = form.cleaned_data
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=wanted["unit"])
    if request.method == "POST":
        return _begun(request, campaign, unit, wanted)
    obligation = actions.obligation_of(campaign.pk, wanted["key"], unit.pk)
    about(request, obligation)
    planned = obligation.planned
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
    )
    return redirect("dossiers:form", pk=dossier.pk)
