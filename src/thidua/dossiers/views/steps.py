"""The steps of a unit, each a POST named like its action."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from thidua.campaigns.chosen import Chosen
from thidua.dossiers import actions, forms
from thidua.dossiers.models import Author, Dossier
from thidua.dossiers.views.shown import to_write


def _act(request, pk, action, done, **values):
    action(dossier=to_write(request, pk), by=request.user, at=timezone.localtime(), **values)
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
def close(request, pk):
    """From the page that begins next year's form (``key``) one goes back there, to the next initiative."""
    form_, begin = forms.ReasonForm(request.POST), forms.KeyForm(request.POST)
    reason = form_.cleaned_data["reason"] if form_.is_valid() else ""
    answer = _act(request, pk, actions.close, _("Closed; it is not offered to be carried on."), reason=reason)
    if not begin.is_valid():
        return answer
    closed = Dossier.objects.visible_to(request.user).select_related("campaign__current").get(pk=pk)
    key, plan = begin.cleaned_data["key"], closed.campaign.current.plan
    year = next((each.year for each in plan.obligations if each.id == key), closed.year)
    return redirect(Chosen(closed.campaign, year).address("dossiers:begin", key=key, unit=closed.unit_id))


@require_POST
def confirm(request, pk):
    author = get_object_or_404(Author.objects.filter(person=request.user), pk=pk)
    actions.confirm(author=author, by=request.user, at=timezone.localtime())
    messages.success(request, _("Your share is confirmed."))
    return redirect("dossiers:page", pk=author.dossier_id)
