"""The board "who still owes what" and reminders; and marks that somebody should look at again."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from thidua.campaigns.chosen import of_campaign, selected
from thidua.core.dossiers import DossierKind
from thidua.core.integrity import MarkKind
from thidua.core.refusals import NotThere, verdict
from thidua.core.units import UnitKind
from thidua.exchange.http import excel_response
from thidua.monitoring import actions, queries, rules, workbook
from thidua.monitoring.forms import SetAsideForm
from thidua.people.models import Unit
from thidua.ui.fields import is_id
from thidua.ui.listing import Filter, Rows, listing

SHOWN_PER_KIND = 10
SHOW = {
    "all": gettext_lazy("All"),
    "owing": gettext_lazy("Owing"),
    "returned": gettext_lazy("Returned"),
    "due": gettext_lazy("Due soon"),
    "waiting": gettext_lazy("Waiting for the office"),
    "asked": gettext_lazy("Asked, not excused"),
    "handed_in": gettext_lazy("Handed in, waiting or accepted"),
    "accepted": gettext_lazy("Accepted or done"),
    "nothing": gettext_lazy("Nothing handed in"),
}
TABS = {"all": "", "owing": "late", "returned": "back", "due": "soon", "waiting": "wait"}  # with their icons


def _meant(request) -> queries.OnBoard:
    given = {name: request.GET.get(name, "") for name in ("show", "what", "kind", "audience", "under", "q")}
    return queries.OnBoard(**given | {"show": given["show"] if given["show"] in SHOW else "all"})


def asked_board(request):
    """(what the address asks for, the board of its branch, the same narrowed to its obligations, its units)."""
    campaign, year = selected(request)
    asked = _meant(request)
    branch = asked.branch(queries.board(request.user, campaign, year, now=timezone.localtime()))
    whole = asked.obligations(branch)
    return asked, branch, whole, asked.units(whole, campaign.current.plan)


@require_GET
@of_campaign
def board(request):
    campaign, year = selected(request)
    asked, branch, whole, units = asked_board(request)
    tallies = {tally.kind: tally for tally in queries.tallies(whole.rows)}
    drawn = queries.people_together(whole)
    kept = {row.unit.pk for row in units}
    rows = [row for row in drawn.rows if row.unit.pk in kept]
    context = {
        "campaign": campaign,
        "year": year,
        "board": whole,
        "columns": drawn.columns,
        "obligations": _obligations(branch),
        "tallies": tallies.values(),
        "groups": _groups(
            rows, tallies, queries.children(branch.rows), most=None if "all_rows" in request.GET else SHOWN_PER_KIND
        ),
        "above": _above(request, asked.under),
        "tabs": _tabs(whole),
        "filters": asked,
        "states": SHOW.items(),
        "audiences": campaign.current.plan.audiences,
        "shown": len(rows),
        "kinds": [(kind.value, kind.label) for kind in UnitKind],
        "owing_shown": [row for row in rows if row.owes],
        "may_remind": verdict(rules.check_remind, request.user, at=timezone.now()),
        "may_decide": request.user.access.is_office,
    }
    return render(request, "monitoring/board.html", context)


def _obligations(branch) -> list[tuple[str, object]]:
    """What may be asked for: several obligations together where there are several sorts of them, and each."""
    kinds = {column.kind for column in branch.columns}
    together = [
        (queries.OWN, _("The unit's own")),
        (queries.OF_PEOPLE, _("Of its people")),
        *((queries.papers(kind), kind.label) for kind in DossierKind if kind in kinds),
    ]
    return [*together, *((column.key, column.name) for column in branch.columns)]


def _groups(rows, tallies, children, *, most: int | None) -> list[dict[str, object]]:
    """The rows by kind of unit, of each kind at most so many."""
    return [
        {
            "tally": tallies[kind],
            "rows": [{"row": row, "below": children[row.unit.code]} for row in group[:most]],
            "hidden": len(group[most:]) if most else 0,
        }
        for kind, group in queries.by_kind(rows)
    ]


def _tabs(whole) -> list[dict[str, object]]:
    return [
        {"key": key, "label": SHOW[key], "icon": icon, "count": whole.count(queries.STATES[key])}
        for key, icon in TABS.items()
    ]


def _above(request, code: str) -> list[Unit]:
    """The asked unit and those above it that the person sees, from the top."""
    top = Unit.objects.visible_to(request.user).filter(code=code).first() if code else None
    if top is None:
        return []
    codes = top.path.strip("/").split("/")
    return sorted(Unit.objects.visible_to(request.user).filter(code__in=codes), key=lambda unit: len(unit.path))


@require_GET
@of_campaign
def excel(request):
    _campaign, year = selected(request)
    _asked, _branch, whole, units = asked_board(request)
    narrowed = queries.Board(whole.columns, tuple(units))
    count = len(units) * len(whole.columns)
    rows = workbook.board_rows(narrowed, timezone.localtime)
    return excel_response(request, f"ai-con-no-gi-{year}", workbook.board_columns(), rows, count=count)


@of_campaign
def remind(request):
    """GET shows who would be written to; POST writes to exactly those."""
    rules.check_remind(request.user, at=timezone.now())
    campaign, year = selected(request)
    _asked, _branch, whole, units = asked_board(request)
    if request.method == "POST":
        unit_ids = {int(pk) for pk in request.POST.getlist("unit") if is_id(pk)}
        count = actions.remind(campaign=campaign, year=year, unit_ids=unit_ids, by=request.user, at=timezone.now())
        messages.success(
            request, ngettext("%(n)s unit was reminded.", "%(n)s units were reminded.", count) % {"n": count}
        )
        return redirect(request.chosen.address("monitoring:board", show="owing"))
    owing = [(row, whole.owed_by(row)) for row in units if row.owes]
    return render(request, "monitoring/remind.html", {"campaign": campaign, "year": year, "owing": owing})


def _marks(request):
    """(campaign, year, all marks in sight, the asked ones as a listing)."""
    campaign, year = selected(request)
    found = queries.marks(request.user, campaign, year)
    is_aside = request.GET.get("show") == "aside"
    asked = listing(
        request,
        Rows(row for row in found if row.is_aside == is_aside),
        filters=[
            Filter(
                "mark",
                _("Kind of mark"),
                [(kind.value, kind.label) for kind in MarkKind],
                lambda rows, value: Rows(row for row in rows if row.kind == value),
            ),
            Filter(
                "kind",
                _("Kind of unit"),
                [(kind.value, kind.label) for kind in UnitKind],
                lambda rows, value: Rows(row for row in rows if row.unit.kind == value),
            ),
        ],
    )
    return campaign, year, found, asked


@require_GET
@of_campaign
def marks(request):
    campaign, year, found, asked = _marks(request)
    aside = sum(row.is_aside for row in found)
    context = {
        "campaign": campaign,
        "year": year,
        "years": range(campaign.first_year, campaign.last_year + 1),
        "listing": asked,
        "tabs": [("", _("To be looked at"), len(found) - aside), ("aside", _("Set aside"), aside)],
        "show": "aside" if request.GET.get("show") == "aside" else "",
    }
    return render(request, "monitoring/marks.html", context)


@require_GET
@of_campaign
def marks_excel(request):
    _campaign, year, _found, asked = _marks(request)
    rows = workbook.mark_rows(asked.rows, timezone.localtime)
    return excel_response(request, f"diem-can-xem-lai-{year}", workbook.mark_columns(), rows, count=asked.count)


def _mark(request, kind, code, key):
    campaign, year = selected(request)
    for found in queries.marks(request.user, campaign, year):
        if (found.kind, found.unit.code, found.key) == (kind, code, key):
            return campaign, found
    raise NotThere(_("This mark is no longer there: the values behind it have changed."))


def _mark_page(request, found, form, status=200):
    may = verdict(rules.check_set_aside, request.user, found.unit, at=timezone.now())
    return render(request, "monitoring/mark.html", {"mark": found, "form": form, "may_set_aside": may}, status=status)


@require_GET
@of_campaign
def mark(request, kind, code, key):
    _campaign, found = _mark(request, kind, code, key)
    return _mark_page(request, found, SetAsideForm())


@require_POST
@of_campaign
def set_aside(request, kind, code, key):
    campaign, found = _mark(request, kind, code, key)
    form = SetAsideForm(request.POST)
    if not form.is_valid():
        return _mark_page(request, found, form, status=422)
    actions.set_aside(
        campaign=campaign, mark=found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
    )
    messages.success(request, _("The mark is set aside."))
    return redirect(request.chosen.address("monitoring:marks"))
