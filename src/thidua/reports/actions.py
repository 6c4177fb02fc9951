"""Writes of figures: declare, check, accept. A declared value that changes loses its acceptance, and says so.

And of what measures of the plan count in records, and of personal criteria: one saved grid is one recording, all of it
or nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from thidua.analytics.models import Batch
from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Campaign, Obligation
from thidua.core.figures import NoValue, check_figure
from thidua.core.files import called
from thidua.core.measures.schema import Measure
from thidua.core.obligations import StandingKind
from thidua.core.personal import choice_meant, personal_obligations
from thidua.core.refusals import Conflict, DeadlinePassed, need, verdict
from thidua.core.vietnamese import nfc_lines
from thidua.core.words import _
from thidua.documents import actions as documents
from thidua.ledger import actions as ledger
from thidua.ledger import files
from thidua.people.models import Person, Unit
from thidua.reports import computing, queries, rules
from thidua.reports.models import Evidence, Figure, PersonalResult, Result
from thidua.reports.queries.explorer import Rows

NOTE_LENGTH = PersonalResult._meta.get_field("note").max_length
MOST_ROWS, PIECE = 100_000, 20_000  # rows of a workbook, and of one question to the engine
VALUES = ("nothing_arose", "numerator", "denominator", "explanation")


@transaction.atomic
def declare(
    *,
    campaign: Campaign,
    year: int,
    unit: Unit,
    criterion: str,
    scope: str,
    numerator: Decimal | None,
    nothing_arose: bool,
    explanation: str,
    by: Person,
    at: dt.datetime,
    denominator: Decimal | None = None,
    upload=None,
) -> Figure:
    """The unit states numerator and denominator with an explanation and evidence; the rate follows from them."""
    unit = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # a first figure has no row to wait for
    rules.check_declare(by, unit, closes_at=queries.closings(campaign, unit, year).get(criterion), at=at)
    wanted = campaign.current.plan.criterion(criterion)
    check_figure(wanted, numerator, denominator, nothing_arose=nothing_arose, reason=explanation)
    values = {
        "nothing_arose": nothing_arose,
        "numerator": None if nothing_arose else numerator,
        "denominator": None if nothing_arose else denominator,
        "explanation": nfc_lines(explanation),
    }
    named = {"campaign": campaign, "year": year, "unit": unit, "criterion": criterion, "scope": scope}
    figure = Figure.objects.select_for_update().filter(**named).first() or Figure(**named)
    before = {key: str(getattr(figure, key)) for key in VALUES} if figure.pk else {}
    changed = not figure.pk or figure.wanted != wanted
    changed = changed or any(getattr(figure, key) != value for key, value in values.items())
    if changed:
        figure.version = campaign.current
        _write(figure, values, by=by, at=at)
    if upload is not None:
        _attach(figure, upload, by=by, at=at)
    need(not wanted.evidence or nothing_arose or figure.evidence.exists(), _("This figure needs a file as evidence."))
    if changed:
        after = {key: str(value) for key, value in values.items()}
        ledger.record(by=by, at=at, verb="reports.declare", thing=figure, unit_id=unit.pk, before=before, after=after)
        _note_standing(figure, StandingKind.SUBMITTED, at)
    return figure


def _write(figure: Figure, values: dict, *, by: Person, at: dt.datetime) -> None:
    for key, value in values.items():
        setattr(figure, key, value)
    figure.declared_at, figure.declared_by = at, by
    if figure.accepted_at is not None:
        figure.acceptance_lost_at = at
        figure.accepted_at = figure.accepted_by = None
        figure.accepted_numerator = figure.accepted_denominator = None
    figure.save()


def _attach(figure: Figure, upload, *, by: Person, at: dt.datetime) -> None:
    stored = files.store(upload, by=by, at=at)
    documents.ask_for_check(file=stored)
    Evidence.objects.create(
        figure=figure,
        name=called(upload.name, stored.extension),
        file=stored,
        attached_at=at,
        attached_by=by,
    )


@transaction.atomic
def check(
    *,
    figure: Figure,
    numerator: Decimal | None,
    note: str,
    by: Person,
    at: dt.datetime,
    denominator: Decimal | None = None,
) -> None:
    """The office writes down what it found, with a note; the declared value stays beside it."""
    figure = Figure.objects.select_for_update().get(pk=figure.pk)
    rules.check_check(by, figure, at=at)
    need(note.strip(), _("Write what was checked and against what."))
    check_figure(figure.wanted, numerator, denominator, nothing_arose=False, reason="")
    before = {"numerator": str(figure.checked_numerator), "denominator": str(figure.checked_denominator)}
    figure.checked_numerator, figure.checked_denominator, figure.check_note = numerator, denominator, nfc_lines(note)
    figure.checked_at, figure.checked_by = at, by
    figure.save()
    ledger.record(
        by=by,
        at=at,
        verb="reports.check",
        thing=figure,
        unit_id=figure.unit_id,
        before=before,
        note=figure.check_note,
        after={"numerator": str(numerator), "denominator": str(denominator)},
    )


@transaction.atomic
def accept(*, figure: Figure, by: Person, at: dt.datetime) -> None:
    """The office accepts the checked value where there is one, else the declared one."""
    figure = Figure.objects.select_for_update().get(pk=figure.pk)
    rules.check_accept(by, figure, at=at)
    checked = figure.checked_at is not None and figure.checked_at >= figure.declared_at
    figure.accepted_numerator = figure.checked_numerator if checked else figure.numerator
    figure.accepted_denominator = figure.checked_denominator if checked else figure.denominator
    figure.accepted_at, figure.accepted_by, figure.acceptance_lost_at = at, by, None
    figure.save()
    ledger.record(
        by=by,
        at=at,
        verb="reports.accept",
        thing=figure,
        unit_id=figure.unit_id,
        after={"numerator": str(figure.accepted_numerator), "denominator": str(figure.accepted_denominator)},
    )
    _note_standing(figure, StandingKind.ACCEPTED, figure.declared_at)


def _note_standing(figure: Figure, standing: StandingKind, at: dt.datetime) -> None:
    """The board follows the figure: accepted once every field that was declared is accepted."""
    same = Figure.objects.filter(
        campaign_id=figure.campaign_id, year=figure.year, unit_id=figure.unit_id, criterion=figure.criterion
    )
    if standing == StandingKind.ACCEPTED and same.filter(accepted_at=None).exists():
        return
    obligation = Obligation.objects.filter(
        campaign_id=figure.campaign_id,
        unit_id=figure.unit_id,
        year=figure.year,
        criterion=figure.criterion,
        person=None,
    ).first()
    if obligation is not None:
        first = min(obligation.submitted_at or at, at)
        campaigns.note_standing(
            campaign_id=figure.campaign_id,
            key=obligation.key,
            unit_id=figure.unit_id,
            standing=standing,
            submitted_at=first,
        )


@transaction.atomic
def compute(
    *,
    campaign: Campaign,
    measure: Measure,
    year: int,
    by: Person | None,
    at: dt.datetime,
    units: QuerySet[Unit] | None = None,
    engine: str = "",
) -> int:
    """Count a measure over the batches that wait for it: new ones, and all where it has a new version or a new day.

    ``engine``: results of another one are computed again on this. Returns how many batches were counted. One whose
    file is missing or changed goes on waiting, and what was counted of it stays.
    """
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # two computations do not count the same
    today = timezone.localdate(at)
    found = computing.waiting(campaign, measure, year, today=today, units=units, engine=engine)
    batches = computing.at_hand(found.select_related("unit"))
    if batches:
        _store(campaign, measure, year, batches, today=today, engine=engine, by=by, at=at)
    _note_computed(campaign, measure, year, units)
    _note_moved(campaign, measure, year, units)
    return len(batches)


def _store(
    campaign, measure, year, batches, *, today: dt.date, engine: str, by: Person | None, at: dt.datetime
) -> None:
    results = computing.results(campaign, measure, year, batches, today=today, engine=engine, at=at)
    Result.objects.filter(
        campaign=campaign, criterion=measure.criterion, measure_version=measure.version, batch__in=batches
    ).delete()
    Result.objects.bulk_create(results, batch_size=2000)
    ledger.record(
        by=by,
        at=at,
        verb="reports.compute",
        thing=campaign,
        after={"criterion": measure.criterion, "year": year, "version": measure.version, "batches": len(batches)},
    )


def _note_computed(campaign: Campaign, measure: Measure, year: int, units: QuerySet[Unit] | None) -> None:
    """A value from records is handed in for the unit that declared none, as of its first import: a correction makes
    nobody late. Where the last batch was taken back the unit owes the figure again."""
    asked = Obligation.objects.of_year(campaign, year).asked().filter(criterion=measure.criterion, person=None)
    asked = asked if units is None else asked.filter(unit__in=units.values("pk"))
    list(asked.select_for_update().order_by("pk").values_list("pk"))  # a declaration that comes now waits, and wins
    declared = Figure.objects.filter(campaign=campaign, year=year, criterion=measure.criterion)
    results = Result.objects.filter(
        campaign=campaign, year=year, criterion=measure.criterion, measure_version=measure.version, scope=None
    )
    counted = results.exclude(reason=NoValue.COLUMN_MISSING).filter(unit=OuterRef("unit"), batch__withdrawn_at=None)
    owed = (
        asked.filter(standing__in=[StandingKind.NONE, StandingKind.SUBMITTED])
        .exclude(unit__in=declared.values("unit"))
        .annotate(
            has_value=Exists(counted.in_force()),
            first_at=Subquery(counted.order_by("batch__imported_at").values("batch__imported_at")[:1]),
        )
    )
    strict = queries.strict_figures(campaign.current.plan, year)
    for each in owed:
        at = each.first_at if each.has_value else None
        if at and each.key in strict and at > each.closes_at:
            continue
        if each.submitted_at != at:
            standing = StandingKind.SUBMITTED if at else StandingKind.NONE
            campaigns.note_standing(
                campaign_id=campaign.pk, key=each.key, unit_id=each.unit_id, standing=standing, submitted_at=at
            )


def _note_moved(campaign: Campaign, measure: Measure, year: int, units: QuerySet[Unit] | None) -> None:
    """Figures keep when the records behind them were last imported or withdrawn: what the office decided before that is
    looked at again."""
    figures = Figure.objects.filter(campaign=campaign, year=year, criterion=measure.criterion)
    figures = figures if units is None else figures.filter(unit__in=units.values("pk"))
    batches = Batch.objects.filter(dataset=measure.dataset, unit=OuterRef("unit"), period=str(year)).order_by()
    moved = Greatest(Max("imported_at"), Max("withdrawn_at"))
    latest = Subquery(batches.values("dataset").annotate(moved_at=moved).values("moved_at"))
    figures.exclude(records_moved_at=latest).update(records_moved_at=latest)


def take_rows(*, campaign: Campaign, rows: Rows, unit: Unit | None, by: Person, at: dt.datetime) -> Iterator[dict]:
    """The rows behind a number, for one who takes them out; that it was done is in the trail. Raises Denied."""
    rules.check_take_rows(by, unit, at=at)
    count = rows.count()
    need(count <= MOST_ROWS, _("These are %(count)s rows; narrow them down to %(most)s.", count=count, most=MOST_ROWS))
    place = rows.place
    ledger.record(
        by=by,
        at=at,
        verb="reports.take_rows",
        thing=campaign,
        unit_id=unit and unit.pk,
        after={"criterion": place.criterion.id, "year": place.year, "part": rows.part.value, "rows": count},
    )
    return (row for first in range(0, count, PIECE) for row in rows[first : first + PIECE])


@dataclass(frozen=True)
class Answer:
    """What is to be recorded in one cell of the grid; an empty value takes back what was recorded.

    ``seen`` is the stamp of the cell as it was shown, where it was: what somebody else wrote since is not overwritten.
    """

    value: str
    note: str = ""
    seen: str = ""


@transaction.atomic
def record(
    *,
    campaign: Campaign,
    year: int,
    unit: Unit,
    answers: Mapping[tuple[int, str], Answer],
    by: Person,
    at: dt.datetime,
) -> int:
    """Record personal criteria of people of the unit, by (person, criterion). Returns how many cells changed."""
    unit = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # one grid of a unit at a time
    grid = queries.grid(campaign, unit, year)
    rules.check_record(by, unit, opens_on=grid.opens_on, closes_at=grid.closes_at, at=at)
    changed = {key: answer for key, answer in answers.items() if _differs(grid.cells, key, answer)}
    _check_in_time(grid.cells, changed, at)
    if changed:
        _put(campaign, year, unit, grid, changed, by=by, at=at)
    return len(changed)


def _differs(cells: dict, key: tuple[int, str], answer: Answer) -> bool:
    """Whether the answer says something new; refuses one that the cell cannot hold."""
    cell = cells.get(key)
    need(cell, _("This person is not among the people of the unit in this year."))
    if (cell.value, cell.note) == (answer.value, answer.note):
        return False
    if answer.seen not in ("", cell.stamp):
        raise Conflict(
            _("Somebody recorded “%(value)s” here meanwhile; look at both and save again.", value=cell.value or "–"),
            {f"{key[0]}/{key[1]}": _("Recorded meanwhile: %(value)s", value=cell.value or "–")},
        )
    need(cell.counts, _("The criterion “%(name)s” does not concern this person.", name=cell.criterion.short))
    need(answer.value == choice_meant(cell.criterion, answer.value), _("Choose one of the answers of the plan."))
    need(answer.value or not answer.note, _("A note needs a result beside it."))
    need(len(answer.note) <= NOTE_LENGTH, _("A note has at most %(most)s characters.", most=NOTE_LENGTH))
    return True


def _check_in_time(cells: dict, changed: dict, at: dt.datetime) -> None:
    """Refuses what closed, beside each of its cells."""
    late = {key: verdict(rules.check_in_time, cells[key].closes_at, at=at) for key in changed}
    refused = {f"{pk}/{criterion}": may.sentence for (pk, criterion), may in late.items() if not may.allowed}
    if refused:
        raise DeadlinePassed(next(iter(refused.values())), refused)


def _put(campaign, year: int, unit: Unit, grid, changed: dict, *, by: Person, at: dt.datetime) -> None:
    cells = grid.cells
    PersonalResult.objects.filter(
        pk__in=[cells[key].result.pk for key, answer in changed.items() if cells[key].result and not answer.value]
    ).delete()
    PersonalResult.objects.bulk_create(
        [
            PersonalResult(
                campaign=campaign,
                year=year,
                unit=unit,
                person_id=person_id,
                criterion=criterion,
                version=campaign.current,
                value=answer.value,
                note=answer.note,
                recorded_at=at,
                recorded_by=by,
            )
            for (person_id, criterion), answer in changed.items()
            if answer.value
        ],
        update_conflicts=True,
        unique_fields=["campaign", "year", "unit", "person", "criterion"],
        update_fields=["version", "value", "note", "recorded_at", "recorded_by"],
    )
    names = {row.person.pk: row.person.username for row in grid.rows}
    ledger.record(
        by=by,
        at=at,
        verb="reports.record",
        thing=unit,
        unit_id=unit.pk,
        before={f"{names[pk]} {id}": _told(cells[pk, id]) for pk, id in changed},
        after={"year": year, **{f"{names[pk]} {id}": _told(answer) for (pk, id), answer in changed.items()}},
    )
    _note_people(campaign, year, unit, cells, changed, at)


def _told(answer) -> str:
    return f"{answer.value} ({answer.note})" if answer.note else answer.value


def _note_people(campaign, year: int, unit: Unit, cells: dict, changed: dict, at: dt.datetime) -> None:
    """The board follows: done from the first recording on, owed again where a result was taken back."""
    owed = personal_obligations(campaign.current.plan, unit.kind, year)
    asked = {each.criterion for each in owed}
    if any(cell.obligation is None and key[1] in asked for key, cell in cells.items() if cell.concerns):
        campaigns.ask_unit(campaign=campaign, unit=unit, year=year, at=at)
    for each in owed:
        mine = {key: answer for key, answer in changed.items() if key[1] == each.criterion}
        for standing, moment, people in (
            (StandingKind.ACCEPTED, at, [key[0] for key, answer in mine.items() if not cells[key].result]),
            (StandingKind.NONE, None, [key[0] for key, answer in mine.items() if not answer.value]),
        ):
            if people:
                campaigns.note_standing(
                    campaign_id=campaign.pk,
                    key=each.id,
                    unit_id=unit.pk,
                    people=people,
                    standing=standing,
                    submitted_at=moment,
                )
