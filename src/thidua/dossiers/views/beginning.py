"""Where a dossier begins: the short link of a form, its QR code, and the page that begins one."""

from __future__ import annotations

import io
import uuid

import segno
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from thidua.campaigns.queries import current_year, default_campaign, selected
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.refusals import Denied, verdict
from thidua.dossiers import actions, forms, queries, rules
from thidua.dossiers.models import Dossier
from thidua.people.models import Unit


@require_GET
def short(request, slug):
    """The short link of a form: to the beginning of what the person's own unit owes on it."""
    campaign, form = _form(request, slug)
    year = current_year(campaign, timezone.localdate())
    key = next(
        (each.id for each in campaign.current.plan.obligations if each.year == year and each.kind == form.kind), None
    )
    if key is None or not request.user.access.home_unit_id:
        raise Http404(_("There is no such form."))
    return redirect(f"{reverse('dossiers:begin')}?key={key}&unit={request.user.access.home_unit_id}")


@require_GET
def links(request):
    """A sheet to print: the short link of every form, and its QR code."""
    if not request.user.access.is_office:
        raise Denied(_("Only the standing office hands out the links of the forms."))
    campaign, _year = selected(request)
    forms_ = [(form, _address(form.slug)) for form in campaign.current.plan.forms]
    return render(request, "dossiers/links.html", {"campaign": campaign, "forms": forms_})


@require_GET
def qr(request, slug):
    """The QR code of a form's short link, as a picture of lines: sharp at every size."""
    _form(request, slug)
    picture = io.BytesIO()
    segno.make(_address(slug), error="m").save(picture, kind="svg", border=4, svgclass=None, lineclass=None)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def _form(request, slug: str):
    """(campaign, the form of its plan that the link names)."""
    campaign = default_campaign(request.user)
    form = next((each for each in campaign.current.plan.forms if each.slug == slug), None) if campaign else None
    if form is None:
        raise Http404(_("There is no such form."))
    return campaign, form


def _address(slug: str) -> str:
    return settings.BASE_URL.rstrip("/") + reverse("dossiers:short", args=[slug])


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
    )
    return redirect("dossiers:form", pk=dossier.pk)
