"""Writes of surveys."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from thidua.core.citizens import without_numbers
from thidua.core.satisfaction import Formula
from thidua.ledger import actions as ledger
from thidua.ledger import jobs
from thidua.people.models import Person, Unit
from thidua.surveys import rules
from thidua.surveys.models import Answer, Place, Survey


@transaction.atomic
def open_(
    *,
    name: str,
    year: int,
    unit: Unit | None,
    units: Sequence[Unit],
    asked: list[dict],
    formula: Formula,
    asks_words: bool,
    opens_on: dt.date,
    closes_on: dt.date,
    by: Person | None,
    at: dt.datetime,
    is_sample: bool = False,
) -> Survey:
    """Open a survey of ``unit``, or of the department over ``units``; each unit gets a link of its own.

    ``asked``: [{"group", "text"}], in the order in which people answer. ``by`` None: the system (demonstration).
    """
    if by is not None:
        rules.check_open_(by, unit, at=at)
    units = [unit] if unit else list(units)
    rules.check_asked(units, asked, opens_on, closes_on)
    survey = Survey.objects.create(
        name=name,
        year=year,
        unit=unit,
        formula=formula,
        asked=asked,
        asks_words=asks_words,
        opens_on=opens_on,
        closes_on=closes_on,
        opened_at=at,
        opened_by=by,
        is_sample=is_sample,
    )
    Place.objects.bulk_create(Place(survey=survey, unit=each) for each in units)
    after = {"units": len(units), "opens_on": opens_on.isoformat(), "closes_on": closes_on.isoformat()}
    ledger.record(by=by, at=at, verb="surveys.open_", thing=survey, unit_id=unit and unit.pk, after=after)
    return survey


@transaction.atomic
def close(*, survey: Survey, by: Person, at: dt.datetime) -> None:
    """Take no more answers; what was answered stays."""
    survey = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    rules.check_close(by, survey, at=at)
    survey.closed_at, survey.closed_by = at, by
    survey.save(update_fields=["closed_at", "closed_by"])
    ledger.record(by=by, at=at, verb="surveys.close", thing=survey, unit_id=survey.unit_id)
    jobs.ask(
        "reports.keep_own_records", once="reports.keep_own_records"
    )  # its answers become figures now, not at night


def answer(*, place: Place, levels: Sequence[int | None], words: str, form: uuid.UUID, on: dt.date) -> None:
    """Keep one person's answers. Nobody knows who it was, so the trail has no row of it; a form sent twice is one.
    Where somebody wrote a telephone or identity number all the same, it is not kept."""
    rules.check_answer(place.survey, levels, words, on=on)
    kept = Answer(place=place, on=on, levels=list(levels), words=without_numbers(words), form=form)
    Answer.objects.bulk_create([kept], ignore_conflicts=True)
