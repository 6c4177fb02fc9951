"""One obligation with its history; and what the office decides on it, or on many at once."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from thidua.campaigns import actions, rules
from thidua.campaigns.chosen import about, of_campaign, selected
from thidua.campaigns.models import Campaign, Obligation, without_text
from thidua.core.days import end_of_day
from thidua.core.refusals import Denied, need, verdict
from thidua.monitoring import queries
from thidua.monitoring.forms import CancelForm, ExcuseForm, ExtendForm
from thidua.monitoring.views.board import asked_board
from thidua.ui.fields import is_id, put_on


def _obligation(request, pk: int) -> Obligation:
    seen = Obligation.objects.visible_to(request.user)
    seen = seen.select_related("campaign__current", "version", "unit", "person", "approved_by")
    return get_object_or_404(seen.defer(*without_text("campaign__current"), *without_text("version")), pk=pk)


def _obligation_page(request, obligation, *, status=200, **typed):
    """``typed``: the form that comes back, by the name of its verb."""
    now, person = timezone.localtime(), request.user
    about(request, obligation)
    context = {
        "obligation": obligation,
        "standing": obligation.on(now),
        "planned": obligation.planned,
        "history": queries.history_of(obligation),
        "extend_form": typed.get("extend") or ExtendForm(),
        "excuse_form": typed.get("excuse") or ExcuseForm(),
        "cancel_extension_form": typed.get("cancel_extension") or CancelForm(prefix="extension"),
        "cancel_excuse_form": typed.get("cancel_excuse") or CancelForm(prefix="excuse"),
        "may_extend": verdict(rules.check_extend, person, obligation, at=now),
        "may_excuse": verdict(rules.check_excuse, person, obligation, at=now),
        "may_cancel_extension": verdict(rules.check_cancel_extension, person, obligation, at=now),
        "may_cancel_excuse": verdict(rules.check_cancel_excuse, person, obligation, at=now),
        "is_over": obligation.due_at < now,
    }
    return render(request, "monitoring/obligation.html", context, status=status)


@require_GET
def obligation(request, pk):
    return _obligation_page(request, _obligation(request, pk))


def _decided(request, pk: int, verb: str, form: forms.Form, action: Callable, done: str):
    """Do it and show the obligation again; what was typed wrongly comes back beside its field."""
    found = _obligation(request, pk)
    if not form.is_valid():
        return _obligation_page(request, found, status=422, **{verb: form})
    try:
        action(obligation=found, by=request.user, at=timezone.now(), **_values(form, found.campaign))
    except Denied as refusal:
        if not refusal.fields:
            raise
        put_on(form, refusal)
        return _obligation_page(request, found, status=422, **{verb: form})
    messages.success(request, done)
    return redirect("monitoring:obligation", pk=pk)


def _values(form: forms.Form, campaign: Campaign) -> dict[str, object]:
    """A day that was typed is meant to its end."""
    values = dict(form.cleaned_data)
    if "until" in values:
        values["until"] = end_of_day(values["until"], campaign.current.plan.timezone)
    return values


@require_POST
def extend(request, pk):
    return _decided(request, pk, "extend", ExtendForm(request.POST), actions.extend, _("The extension is recorded."))


@require_POST
def excuse(request, pk):
    return _decided(request, pk, "excuse", ExcuseForm(request.POST), actions.excuse, _("The unit is excused."))


@require_POST
def cancel_extension(request, pk):
    form, done = CancelForm(request.POST, prefix="extension"), _("The extension is taken back.")
    return _decided(request, pk, "cancel_extension", form, actions.cancel_extension, done)


@require_POST
def cancel_excuse(request, pk):
    form, done = CancelForm(request.POST, prefix="excuse"), _("The excuse is taken back.")
    return _decided(request, pk, "cancel_excuse", form, actions.cancel_excuse, done)


@of_campaign
def extend_many(request):
    """GET shows the units of the filtered board that would get more time; POST gives it to those that are ticked."""
    need(request.user.access.is_office, _("Only the standing office grants an extension."))
    return _many(request, "extend", ExtendForm(request.POST or None), actions.extend_many)


@of_campaign
def excuse_many(request):
    """The same for an excuse."""
    need(request.user.access.is_office, _("Only the standing office excuses a unit."))
    return _many(request, "excuse", ExcuseForm(request.POST or None), actions.excuse_many)


def _many(request, verb: str, form: forms.Form, action: Callable):
    campaign, year = selected(request)
    asked, branch, _whole, rows = asked_board(request)
    column, units = queries.column_of(branch, asked.what), {row.unit.pk: row.unit for row in rows}
    open_ = queries.undecided(request.user, campaign, year, column.key if column else "", units)
    by_unit: dict[int, list[int]] = {}
    for pk, unit_id in open_.values_list("pk", "unit_id"):
        by_unit.setdefault(unit_id, []).append(pk)
    if request.method == "POST" and form.is_valid():
        ticked = {int(pk) for pk in request.POST.getlist("unit") if is_id(pk)}
        pks = [pk for unit_id, pks in by_unit.items() if unit_id in ticked for pk in pks]
        if _carried_out(request, form, action, pks, campaign):
            return redirect(request.chosen.address("monitoring:board", what=column.key))
    context = {
        "verb": verb,
        "form": form,
        "column": column,
        "columns": branch.columns,
        "campaign": campaign,
        "year": year,
        "units": [(unit, len(by_unit[pk])) for pk, unit in units.items() if pk in by_unit],
    }
    return render(request, "monitoring/decide.html", context, status=422 if request.method == "POST" else 200)


def _carried_out(request, form: forms.Form, action: Callable, pks: list[int], campaign: Campaign) -> bool:
    try:
        count = action(pks=pks, by=request.user, at=timezone.now(), **_values(form, campaign))
    except Denied as refusal:
        put_on(form, refusal)
        return False
    said = ngettext("%(n)s decision is recorded.", "%(n)s decisions are recorded.", count)
    messages.success(request, said % {"n": count})
    return True
