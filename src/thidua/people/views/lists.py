"""Units, people, notices, delegation and bulk import."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from thidua.core.refusals import Denied, NotThere, Unfit, verdict
from thidua.core.units import UnitKind
from thidua.exchange.http import excel_response
from thidua.people import actions, bulk, places, queries, rules, workbook
from thidua.people.forms import CloseForm, DelegationForm, ImportForm, MemberForm, ReopenForm, TokenForm
from thidua.people.models import ApiToken, Delegation, Unit
from thidua.ui.fields import put_on
from thidua.ui.listing import Filter, Listing, Rows, listing
from thidua.ui.pagination import page_of

SLIPS_AT_ONCE = 100  # a sheet of paper for each; a password takes a tenth of a second to store


@require_GET
def units(request):
    kinds = [(kind.value, kind.label) for kind in UnitKind]
    found = listing(
        request,
        queries.units_page(request.user),
        filters=[Filter("kind", _("Kind of unit"), kinds)],
        sorts={"name": ["sort_key", "code"]},
    )
    may_import = verdict(rules.check_import_units, request.user, at=timezone.now())
    return render(request, "people/units.html", {"listing": found, "may_import": may_import})


@require_GET
def units_excel(request):
    found = queries.units_page(request.user).in_order()
    rows, count = workbook.unit_rows(found), found.count()
    return excel_response(request, "don-vi", workbook.unit_columns(), rows, count=count)


def _unit(request, code) -> Unit:
    return get_object_or_404(Unit.objects.visible_to(request.user).select_related("parent"), code=code)


def _unit_page(request, found, form=None, reopening=None, status=200):
    now, is_manager = timezone.now(), request.user.access.has(*rules.MANAGERS)
    context = {
        "unit": found,
        "posts": queries.posts_of(found, timezone.localdate()),
        "delegations": _delegations(request.user, [found]) if request.user.access.is_office else [],
        "children": found.children.all().in_order(),
        "places": places.places_of(request, found),
        "form": form or CloseForm(),
        "may_issue": verdict(rules.check_issue_token, request.user, found, at=now),
        "may_close": verdict(rules.check_close_unit, request.user, found, at=now),
        "reopening": reopening or ReopenForm(),
        "may_reopen": verdict(rules.check_reopen_unit, request.user, found, at=now)
        if found.ends_on and is_manager
        else None,
    }
    return render(request, "people/unit.html", context, status=status)


@require_GET
def unit(request, code):
    return _unit_page(request, _unit(request, code))


@require_POST
def close_unit(request, code):
    found, form = _unit(request, code), CloseForm(request.POST)
    if not form.is_valid():
        return _unit_page(request, found, form=form, status=422)
    actions.close_unit(unit=found, by=request.user, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("The last day of the unit is recorded."))
    return redirect("people:unit", code=code)


@require_POST
def reopen_unit(request, code):
    found, form = _unit(request, code), ReopenForm(request.POST)
    if not form.is_valid():
        return _unit_page(request, found, reopening=form, status=422)
    actions.reopen_unit(unit=found, reason=form.cleaned_data["why"], by=request.user, at=timezone.now())
    messages.success(request, _("The last day of the unit is taken back."))
    return redirect("people:unit", code=code)


def _tokens(request, unit) -> Listing:
    return listing(request, Rows(queries.tokens_of(unit, request.user)))


def _tokens_page(request, unit, form=None, made=None, status=200):
    """``made``: the new access code and its secret, which is on this answer and nowhere else."""
    now, person = timezone.now(), request.user
    found = _tokens(request, unit)
    context = {
        "unit": unit,
        "listing": found,
        "tokens": [(each, verdict(rules.check_revoke_token, person, each, at=now)) for each in found.page],
        "form": form or TokenForm(initial={"expires_on": f"{timezone.localdate() + rules.LONGEST_TOKEN:%d/%m/%Y}"}),
        "made": made,
        "today": timezone.localdate(),
        "crumbs": [
            {"label": unit.name, "url": reverse("people:unit", args=[unit.code])},
            {"label": _("Access codes for software"), "url": ""},
        ],
    }
    return render(request, "people/tokens.html", context, status=status)


@require_GET
def tokens(request, code):
    unit = _unit(request, code)
    rules.check_issue_token(request.user, unit, at=timezone.now())
    return _tokens_page(request, unit)


@require_GET
def tokens_excel(request, code):
    unit = _unit(request, code)
    rules.check_issue_token(request.user, unit, at=timezone.now())
    found = _tokens(request, unit)
    rows = workbook.token_rows(found.rows, timezone.localtime)
    return excel_response(request, f"ma-truy-cap-{unit.code}", workbook.token_columns(), rows, count=found.count)


@require_POST
def issue_token(request, code):
    """The secret is on this answer and nowhere else, so it is a page and no redirect."""
    unit, form, now = _unit(request, code), TokenForm(request.POST), timezone.now()
    rules.check_issue_token(request.user, unit, at=now)
    if form.is_valid():
        try:
            made = actions.issue_token(unit=unit, by=request.user, at=now, **form.cleaned_data)
            return _tokens_page(request, unit, made=made)
        except Denied as refusal:
            put_on(form, refusal)
    return _tokens_page(request, unit, form=form, status=422)


@require_POST
def revoke_token(request, code, pk):
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), unit__code=code, pk=pk)
    actions.revoke_token(token=token, by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s” is refused from now on.") % {"name": token})
    return redirect("people:tokens", code=code)


@require_GET
def people(request):
    found = listing(
        request, queries.people_page(request.user, timezone.localdate()), sorts={"name": ["sort_key", "username"]}
    )
    may_import = verdict(rules.check_import_people, request.user, at=timezone.now())
    may_see = verdict(rules.check_see_accounts, request.user, at=timezone.now())
    context = {"listing": found, "may_import": may_import, "may_see_accounts": may_see}
    return render(request, "people/people.html", context)


@require_GET
def people_excel(request):
    """For those who may import it again: it holds addresses and phones that the page does not show."""
    rules.check_import_people(request.user, at=timezone.now())
    found = queries.people_in_full(request.user, timezone.localdate())
    rows, count = workbook.people_rows(found), found.count()
    return excel_response(request, "nhan-su", workbook.people_columns(), rows, count=count)


def _own_unit(request) -> Unit:
    unit = Unit.objects.filter(pk__in=request.user.access.acts_for).order_by("path").first()
    if unit is None:
        raise NotThere(_("You act for no unit."))
    return unit


def _members_page(request, unit, form=None, delegation=None, status=200):
    today, now, person = timezone.localdate(), timezone.now(), request.user
    delegation = delegation or DelegationForm(person=person, today=today)
    context = {
        "unit": unit,
        "posts": queries.posts_of(unit, today),
        "form": form or MemberForm(),
        "delegation": delegation,
        "may_delegate": verdict(rules.check_delegate, person, _delegated(delegation, unit), at=now),
        "delegations": _delegations(person, {unit, *delegation.headed}),
    }
    return render(request, "people/members.html", context, status=status)


def _delegated(form, own) -> Unit:
    """Of whose delegation it is asked whether there may be one: what the person heads, else the own unit."""
    return next(iter(form.headed), own)


def _delegations(person, units):
    found = queries.delegations_of(units, timezone.localdate())
    return [(each, verdict(rules.check_revoke_delegation, person, each, at=timezone.now())) for each in found]


@require_GET
def members(request):
    return _members_page(request, _own_unit(request))


@require_POST
def add_member(request):
    unit, form = _own_unit(request), MemberForm(request.POST)
    if form.is_valid():
        try:
            person = actions.add_member(unit=unit, by=request.user, at=timezone.now(), **form.cleaned_data)
            words = {"name": person, "login": person.username}
            messages.success(request, _("%(name)s was added; the sign-in name is %(login)s.") % words)
            return redirect("people:members")
        except Denied as refusal:
            put_on(form, refusal)
    return _members_page(request, unit, form=form, status=422)


@require_POST
def delegate(request):
    unit, person, now = _own_unit(request), request.user, timezone.now()
    form = DelegationForm(request.POST, person=person, today=timezone.localdate())
    rules.check_delegate(person, _delegated(form, unit), at=now)
    if form.is_valid():
        try:
            actions.delegate(by=person, at=now, **form.cleaned_data)
            messages.success(request, _("The deputy may sign for the unit in these days."))
            return redirect("people:members")
        except Denied as refusal:
            put_on(form, refusal)
    return _members_page(request, unit, delegation=form, status=422)


@require_POST
def revoke_delegation(request, pk):
    delegation = get_object_or_404(Delegation.objects.visible_to(request.user), pk=pk)
    actions.revoke_delegation(delegation=delegation, by=request.user, at=timezone.now())
    messages.success(request, _("The delegation is taken back."))
    if delegation.unit_id in request.user.access.acts_for:
        return redirect("people:members")
    return redirect("people:unit", code=delegation.unit.code)


@require_GET
def letters(request):
    page = page_of(request.user.letters.under_bell().select_related("unit").order_by("-written_at", "-pk"), request)
    return render(request, "people/letters.html", {"page": page})


@require_POST
def read_letters(request):
    actions.read_letters(by=request.user, at=timezone.now())
    return redirect("people:letters")


@require_POST
def slips(request):
    """The passwords are on this answer and nowhere else, so it is a page and no redirect."""
    now = timezone.now()
    waiting = list(queries.without_password(request.user, timezone.localdate())[: SLIPS_AT_ONCE + 1])
    issued = actions.issue_first_passwords(people=waiting[:SLIPS_AT_ONCE], by=request.user, at=now)
    return render(request, "people/slips.html", {"slips": issued, "more": len(waiting) > SLIPS_AT_ONCE})


def import_units(request):
    columns = workbook.unit_columns()
    return _import(request, bulk.import_units, rules.check_import_units, _("Import units"), columns)


def import_people(request):
    columns = workbook.people_columns()
    return _import(request, bulk.import_people, rules.check_import_people, _("Import people"), columns)


def _import(request, run, check, heading, columns):
    """GET shows the form; POST checks the file and, when asked and all rows are right, imports it."""
    check(request.user, at=timezone.now())
    form = ImportForm(request.POST or None, request.FILES or None)
    outcome = None
    if request.method == "POST" and form.is_valid():
        upload, commit = form.cleaned_data["file"], form.cleaned_data["commit"]
        try:
            outcome = run(content=upload.read(), name=upload.name, by=request.user, at=timezone.now(), commit=commit)
        except Unfit as refusal:
            form.add_error("file", str(refusal.sentence))
    failed = request.method == "POST" and (outcome is None or outcome.errors)
    context = {"form": form, "outcome": outcome, "heading": heading, "columns": columns}
    return render(request, "people/import.html", context, status=422 if failed else 200)
