"""Every surface says the same of a criterion: numerator, denominator, share, verdict and source (ADR 29).

Random states of two divisions: what they declared, what the office checked and accepted, what records count, each of
the whole or of fields.
"""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.fixtures import IN_TIME, REPORTED, make_world, moment, unit

from thidua.analytics.models import Batch
from thidua.core import values as core
from thidua.core.figures import NoValue
from thidua.core.totals import total
from thidua.core.units import UnitKind
from thidua.core.values import Value
from thidua.core.vietnamese import number, percent
from thidua.reports import queries, workbook
from thidua.reports.models import Figure, Result
from thidua.reports.queries import entries
from thidua.reports.queries.explorer import By, Place, criteria, explored
from thidua.summaries import numbers, papers
from thidua.summaries import queries as summaries
from thidua.summaries import workbook as annexes

BEFORE, AFTER = moment("2023-08-01 08:00"), moment("2023-11-20 08:00")
IN_FIELDS, PLAIN = "dossiers-on-time", "petitions-on-time"
MEASURED = (IN_FIELDS, PLAIN)
FIELDS = ("Văn bằng, chứng chỉ", "Tổ chức cán bộ", "Việc khác", "")


@pytest.fixture
def world(db):
    found = make_world()
    found.other = unit("phong-b", "Phòng B Mẫu", UnitKind.DIVISION, found.department)
    return found


pairs = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted)
offices = st.tuples(st.sampled_from(["", "outdated", "checked", "accepted"]), pairs)
figures = st.tuples(
    st.one_of(st.none(), pairs), offices, st.booleans()
)  # declared (None: nothing arose), office, moved
people = st.dictionaries(st.sampled_from(FIELDS), figures, max_size=3)
records = st.one_of(
    st.none(), st.just("column missing"), st.just("nothing arose"), st.dictionaries(st.sampled_from(FIELDS), pairs)
)
states = st.fixed_dictionaries({IN_FIELDS: st.tuples(people, records), PLAIN: st.tuples(people, records)})


def put(world, of, state) -> None:
    batch = Batch.objects.create(
        dataset="dossiers", unit=of, period="2023", file_name="x", file_sha256="0" * 64, columns=[], rows=1,
        rows_read=1, rows_refused=0, rows_repeated=0, imported_at=IN_TIME, imported_by=world.an, key="x",
        stored_sha256="0" * 64,
    )  # fmt: skip
    for criterion, (said, found) in state.items():
        for scope, figure in said.items():
            if criterion == IN_FIELDS or not scope:
                declare(world, of, criterion, scope if scope in FIELDS[:2] else "", *figure)
        if found is not None:
            count(world, of, criterion, batch, found)


def declare(world, of, criterion, scope, declared, office, moved) -> None:
    kind, (top, bottom) = office
    given = (
        {"numerator": declared[0], "denominator": declared[1]} if declared and declared[1] else {"nothing_arose": True}
    )
    if kind:
        name = "accepted" if kind == "accepted" else "checked"
        at = BEFORE if kind == "outdated" else REPORTED
        given |= {f"{name}_numerator": top, f"{name}_denominator": bottom, f"{name}_at": at, f"{name}_by": world.binh}
    Figure.objects.update_or_create(
        campaign=world.campaign, year=2023, unit=of, criterion=criterion, scope=scope,
        defaults={
            "declared_at": IN_TIME, "declared_by": world.an, "explanation": "Sổ",
            "version": world.campaign.current, "records_moved_at": AFTER if moved else IN_TIME, **given,
        },
    )  # fmt: skip


def count(world, of, criterion, batch, found) -> None:
    common = {
        "campaign": world.campaign, "criterion": criterion, "batch": batch, "unit": of, "year": 2023,
        "engine": "duckdb", "measure_version": world.campaign.current.plan.measures[0].version,
        "judged_on": IN_TIME.date(), "computed_at": IN_TIME,
    }  # fmt: skip
    if isinstance(found, str):
        reason = NoValue.COLUMN_MISSING if found == "column missing" else NoValue.NOTHING_AROSE
        Result.objects.create(**common, scope=None, reason=reason)
        return
    top, bottom = (sum(pair[place] for pair in found.values()) for place in (0, 1))
    rows = {None: (top, bottom)} | (
        {scope: pair for scope, pair in found.items() if pair[1]} if criterion == IN_FIELDS else {}
    )
    for scope, (numerator, denominator) in rows.items():
        reason = "" if denominator else NoValue.NOTHING_COUNTED
        Result.objects.create(**common, scope=scope, numerator=numerator, denominator=denominator, reason=reason)


def read(value) -> tuple:
    return value.numerator, value.denominator, value.share, value.verdict, value.source, value.is_stale


def known(values) -> dict:
    return {
        key: read(value) for key, value in values.items() if value.source is not None and value.numerator is not None
    }


@given(state=st.tuples(states, states))
@settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.generate],  # a state costs dozens of queries: looking for the smallest would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_surface_says_the_same(world, state):
    with transaction.atomic():
        for of, each in zip((world.division, world.other), state, strict=True):
            put(world, of, each)
        agree(world)
        transaction.set_rollback(True)


def agree(world) -> None:
    seen = queries.sight(world.campaign, 2023)
    folded, by_field = queries.best(seen), queries.best(seen, with_parts=True)
    assert {at: read(value) for at, value in folded.items()} == {at: read(value) for at, value in by_field.items()}
    for of in (world.division, world.other):
        mine = {
            at.criterion: value for at, value in by_field.items() if at.unit_id == of.pk and at.criterion in MEASURED
        }
        on_the_scorecard(world, of, mine)
        on_the_command_line(world, of, mine)
    in_the_explorer(world, seen, by_field)
    in_the_report(world, by_field)


def on_the_scorecard(world, of, mine: dict[str, Value]) -> None:
    card = queries.card(world.campaign, of, 2023)
    whole = {row.criterion.id: row.value for row in card.rows if not row.is_part and row.criterion.id in MEASURED}
    assert known(whole) == known(mine)
    parts = {row.value.scope: row.value for row in card.rows if row.is_part and row.criterion.id == IN_FIELDS}
    expected = {part.scope: part for part in mine[IN_FIELDS].parts} if IN_FIELDS in mine else {}
    assert known(parts) == known(expected)
    for row, line in zip(card.rows, workbook.card_rows(card), strict=True):
        value, (_name, scope, top, bottom, share, _target, result, source, _declared, _counted) = row.value, line
        assert scope == value.named
        assert (top, bottom, share, source) == (value.numerator, value.denominator, value.share, value.told)
        assert result == str(value.verdict.label if value.verdict else "")
    declared = {(row.criterion.id, row.value.scope): row.value for row in queries.declarable(
        world.campaign.current.plan, world.campaign.pk, of, 2023)}  # fmt: skip
    assert {key: read(value) for key, value in declared.items()} == {
        (row.criterion.id, row.value.scope): read(row.value) for row in card.rows if row.is_declared
    }


def on_the_command_line(world, of, mine: dict[str, Value]) -> None:
    """And over the API, which gives the same list."""
    units = type(of).objects.filter(pk=of.pk)
    for entry in entries.entries(world.campaign, 2023, units=units):
        if entry.criterion.id not in MEASURED or entry.best is None:
            continue
        value = mine[entry.criterion.id]
        here = value if entry.scope is None else next(part for part in value.parts if part.scope == entry.scope)
        assert read(entry.best) == read(here)
        best = entries.as_json(entry)["best"]
        assert (best["numerator"], best["denominator"], best["met"], best["stale"]) == (
            here.numerator, here.denominator, here.met, here.is_stale,
        )  # fmt: skip
        assert best["source"] == here.source


def in_the_explorer(world, seen, values: dict[queries.At, Value]) -> None:
    plan = world.campaign.current.plan
    first_page = {criterion.id: shown for criterion, shown in criteria(seen, {UnitKind.DIVISION})}
    for id in MEASURED:
        criterion = plan.criterion(id)
        measure = next(each for each in plan.measures if each.criterion == id)
        place = Place(world.campaign, 2023, criterion, measure)
        mine = {at.unit_id: value for at, value in values.items() if at.criterion == id}
        expected = total(criterion, mine.values())
        for by in (By.UNIT, By.FIELD):
            shown, parts = explored(place, seen, by)
            for found in (shown, first_page[id]):
                assert (found.amount, found.verdict, found.units, found.met, found.source) == (
                    expected.amount, expected.verdict, expected.applicable, expected.met, expected.told,
                )  # fmt: skip
            if by is By.UNIT:
                codes = {world.division.code: world.division.pk, world.other.code: world.other.pk}
                assert {codes[each.key]: (each.amount, each.verdict, each.is_stale) for each in parts} == {
                    pk: (value.amount, value.verdict, value.is_stale)
                    for pk, value in mine.items()
                    if value.numerator is not None
                }
            else:
                fields = [part for value in mine.values() for part in value.parts or (value,)]
                assert core.added(each.amount for each in parts) == core.added(f.amount for f in fields if f.amount)


def in_the_report(world, values: dict[queries.At, Value]) -> None:
    counted = summaries.scope(world.campaign, 2023)
    stood = summaries.standings(counted, now=AFTER)
    summary = summaries.summary(counted, stood, now=AFTER)
    texts = {each.key: each for each in numbers.numbers(summary)}
    for target in summary.targets:
        if target.criterion.id in MEASURED:
            mine = [value for at, value in values.items() if at.criterion == target.criterion.id]
            assert target.total == total(target.criterion, mine)
            found = texts[f"target_{target.criterion.id}_{target.audience.id}".replace("-", "_")]
            of = target.total
            shown = (
                f"{percent(of.share)} ({number(of.numerator)} / {number(of.denominator)})"
                if of.share is not None
                else "–"
            )
            assert (found.text, found.source) == (shown, of.told or "–")
            assert papers._target(target)["value"] == (shown if of.share is None else percent(of.share))
    sheet = {}
    for code, _name, _kind, criterion, scope, top, bottom, _target, result, source, _why in annexes._criteria(counted):
        sheet[code, criterion, scope] = top, bottom, result, source
    codes = {world.division.pk: world.division.code, world.other.pk: world.other.code}
    expected = {
        (codes[at.unit_id], each.criterion.short, each.named): (
            each.numerator, each.denominator, str(each.verdict.label) if each.verdict else "", each.told,
        )
        for at, value in values.items() if at.unit_id in codes and at.criterion in MEASURED
        for each in (value, *(part for part in value.parts if part.numerator is not None))
    }  # fmt: skip
    assert {key: each for key, each in sheet.items() if key in expected} == expected
